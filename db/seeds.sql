-- Demo data. Loading it twice changes nothing: what is there already is left as it is.
-- Both accounts have the password `correct horse battery` (argon2id, libsodium's interactive limits).
INSERT INTO users (id, email, name, role, password_hash) VALUES
    ('01930000-0000-7000-8000-0000000000a1', 'ada@example.com', 'Ada Lovelace', 'user',
     '$argon2id$v=19$m=65536,t=2,p=1$ZiFFPYmEUxYHzDnadUgMpQ$tuvbRR8Vq90IO5dTeZCKeUtBdqusQcz4vhXQfXop0bI'),
    ('01930000-0000-7000-8000-0000000000a2', 'admin@example.com', 'Grace Hopper', 'admin',
     '$argon2id$v=19$m=65536,t=2,p=1$Z66KTAIycGLtpL4XpQeCDA$ZjRMCU5VsTRZF2dT/vd7ityW2EbjZDlErv2A2nJGDdw')
ON CONFLICT DO NOTHING;

INSERT INTO products (id, sku, name, description, category, price_minor, currency) VALUES
    ('01930000-0000-7000-8000-000000000001', 'CARAFE-1L', 'Glass carafe, 1 l',
     'Mouth-blown, with a cork.', 'glassware', 2999, 'USD'),
    ('01930000-0000-7000-8000-000000000002', 'GRINDER-HAND', 'Hand grinder',
     'Steel burrs, 40 clicks.', 'coffee', 8950, 'USD'),
    ('01930000-0000-7000-8000-000000000003', 'BEANS-RARE', 'Rare beans, 250 g',
     'One small lot a year.', 'coffee', 4200, 'USD')
ON CONFLICT DO NOTHING;

WITH opening (product_id, quantity) AS (
    VALUES ('01930000-0000-7000-8000-000000000001'::uuid, 100000),
           ('01930000-0000-7000-8000-000000000002'::uuid, 1000),
           ('01930000-0000-7000-8000-000000000003'::uuid, 12)
), stocked AS (
    INSERT INTO stock (product_id, quantity)
    SELECT opening.product_id, opening.quantity FROM opening
    JOIN products ON products.id = opening.product_id
    ON CONFLICT DO NOTHING
    RETURNING product_id, quantity
)
INSERT INTO stock_movements (id, product_id, kind, quantity, reason, at)
SELECT gen_random_uuid(), product_id, 'adjust', quantity, 'opening stock', now() FROM stocked;
