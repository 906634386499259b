-- up
CREATE SEQUENCE order_numbers;

CREATE TABLE orders (
    id uuid PRIMARY KEY,
    order_number text NOT NULL UNIQUE
        DEFAULT 'ORD-' || lpad(nextval('order_numbers')::text, 8, '0'),
    user_id uuid NOT NULL REFERENCES users (id),
    status text NOT NULL DEFAULT 'pending' CHECK (status IN (
        'pending', 'confirmed', 'rejected', 'processing', 'shipped', 'delivered', 'cancelled')),
    order_version integer NOT NULL DEFAULT 1,
    total_minor bigint NOT NULL CHECK (total_minor >= 0),
    currency char(3) NOT NULL,
    shipping_address jsonb,
    payment_status text NOT NULL DEFAULT 'pending' CHECK (payment_status IN (
        'pending', 'authorised', 'declined', 'voided', 'captured')),
    rejection jsonb CHECK ((rejection IS NOT NULL) = (status = 'rejected')),
    cancelled_at timestamptz CHECK ((cancelled_at IS NOT NULL) = (status = 'cancelled')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
) WITH (fillfactor = 70);
ALTER SEQUENCE order_numbers OWNED BY orders.order_number;
-- Ids are UUIDv7, so this is also the order in which a customer placed them.
CREATE INDEX orders_of_user ON orders (user_id, id);

CREATE TABLE order_items (
    order_id uuid NOT NULL REFERENCES orders (id),
    product_id uuid NOT NULL REFERENCES products (id),
    position integer NOT NULL,
    sku text NOT NULL,
    name text NOT NULL,
    quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 10000),
    unit_price_minor bigint NOT NULL CHECK (unit_price_minor >= 0),
    PRIMARY KEY (order_id, product_id)
);

-- What moved the stock of a product: the sum of its movements is its quantity. The unique
-- constraint is what makes a second reservation or a second release impossible, whoever tries.
CREATE TABLE stock_movements (
    id uuid PRIMARY KEY,
    order_id uuid,
    product_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('reserve', 'release', 'adjust')),
    quantity integer NOT NULL,
    reason text,
    at timestamptz NOT NULL,
    UNIQUE (order_id, product_id, kind),
    FOREIGN KEY (order_id, product_id) REFERENCES order_items (order_id, product_id),
    CHECK ((kind = 'adjust') = (order_id IS NULL)),
    CHECK (CASE kind WHEN 'reserve' THEN quantity < 0 WHEN 'release' THEN quantity > 0 ELSE true END)
);
CREATE INDEX stock_movements_of_product ON stock_movements (product_id, id);

-- What became of a command on the topic `orders`, for those who wait for it, and so that a command
-- that comes again changes nothing.
CREATE TABLE order_commands (
    command_id uuid PRIMARY KEY,
    order_id uuid NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('applied', 'unchanged', 'refused')),
    decided_at timestamptz NOT NULL
);

CREATE TABLE idempotency_keys (
    user_id uuid NOT NULL REFERENCES users (id),
    key text NOT NULL,
    -- SHA-256 of the request's body: the same key with another body is a mistake of the client.
    fingerprint text NOT NULL,
    order_id uuid NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, key)
);

-- down
DROP TABLE idempotency_keys;
DROP TABLE order_commands;
DROP TABLE stock_movements;
DROP TABLE order_items;
DROP TABLE orders;
