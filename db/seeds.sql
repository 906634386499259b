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
     'One small lot a year.', 'coffee', 4200, 'USD'),
    ('01930000-0000-7000-8000-000000000004', 'TUMBLER-SET4', 'Tumblers, set of four',
     'Recycled glass, so no two are quite alike. They stack.', 'glassware', 3600, 'USD'),
    ('01930000-0000-7000-8000-000000000005', 'WINE-DUO', 'Wine glasses, pair',
     'Thin at the rim, steady at the foot. For red and for white.', 'glassware', 5400, 'USD'),
    ('01930000-0000-7000-8000-000000000006', 'DRIPPER-STONE', 'Stoneware dripper',
     'Pour-over for one or two cups. Keeps its heat, takes common paper filters.', 'coffee', 3250, 'USD'),
    ('01930000-0000-7000-8000-000000000007', 'KETTLE-GOOSE', 'Gooseneck kettle, 0.9 l',
     'A slow, even pour; the handle stays cool.', 'coffee', 7900, 'USD'),
    ('01930000-0000-7000-8000-000000000008', 'CUP-ESPRESSO', 'Espresso cup',
     'Thick-walled stoneware, 80 ml, glazed inside only.', 'tableware', 1450, 'USD'),
    ('01930000-0000-7000-8000-000000000009', 'MUG-BREAKFAST', 'Breakfast mug, 0.4 l',
     'For the first coffee and the second.', 'tableware', 1900, 'USD'),
    ('01930000-0000-7000-8000-000000000010', 'BEANS-HOUSE', 'House blend beans, 1 kg',
     'Chocolate and hazelnut; roasted on Tuesdays.', 'coffee', 2650, 'USD'),
    ('01930000-0000-7000-8000-000000000011', 'SCALE-BREW', 'Brewing scale',
     'To a tenth of a gram, with a timer. Charges by USB-C.', 'coffee', 6800, 'USD'),
    ('01930000-0000-7000-8000-000000000012', 'JUG-MILK', 'Milk jug, 0.35 l',
     'Steel, with a spout that draws a fine line.', 'tableware', 2400, 'USD'),
    ('01930000-0000-7000-8000-000000000013', 'TOWEL-LINEN', 'Linen tea towel',
     'Washed linen that dries without lint.', 'textiles', 1600, 'USD'),
    ('01930000-0000-7000-8000-000000000014', 'BOARD-OAK', 'Serving board, oak',
     'One piece of oak, oiled by hand.', 'tableware', 4900, 'USD'),
    ('01930000-0000-7000-8000-000000000015', 'DECANTER-WINE', 'Wine decanter',
     'A wide base, so that a young wine grows up in half an hour.', 'glassware', 6450, 'USD')
ON CONFLICT DO NOTHING;

WITH opening (product_id, quantity) AS (
    VALUES ('01930000-0000-7000-8000-000000000001'::uuid, 100000),
           ('01930000-0000-7000-8000-000000000002'::uuid, 1000),
           ('01930000-0000-7000-8000-000000000003'::uuid, 12),
           ('01930000-0000-7000-8000-000000000004'::uuid, 480),
           ('01930000-0000-7000-8000-000000000005'::uuid, 64),
           ('01930000-0000-7000-8000-000000000006'::uuid, 210),
           ('01930000-0000-7000-8000-000000000007'::uuid, 38),
           ('01930000-0000-7000-8000-000000000008'::uuid, 900),
           ('01930000-0000-7000-8000-000000000009'::uuid, 650),
           ('01930000-0000-7000-8000-000000000010'::uuid, 320),
           ('01930000-0000-7000-8000-000000000011'::uuid, 7),
           ('01930000-0000-7000-8000-000000000012'::uuid, 140),
           ('01930000-0000-7000-8000-000000000013'::uuid, 400),
           ('01930000-0000-7000-8000-000000000014'::uuid, 0),
           ('01930000-0000-7000-8000-000000000015'::uuid, 26)
), stocked AS (
    INSERT INTO stock (product_id, quantity)
    SELECT opening.product_id, opening.quantity FROM opening
    JOIN products ON products.id = opening.product_id
    ON CONFLICT DO NOTHING
    RETURNING product_id, quantity
)
INSERT INTO stock_movements (id, product_id, kind, quantity, reason, at)
SELECT gen_random_uuid(), product_id, 'adjust', quantity, 'opening stock', now() FROM stocked;
