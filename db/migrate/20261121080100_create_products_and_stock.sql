-- up
-- Times leave the database as RFC 3339 in UTC, whatever the session's settings are.
CREATE FUNCTION rfc3339(moment timestamptz) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');

CREATE TABLE products (
    id uuid PRIMARY KEY,
    sku text NOT NULL UNIQUE,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    category text NOT NULL DEFAULT '',
    -- So bounded that no order can overflow its total.
    price_minor bigint NOT NULL CHECK (price_minor BETWEEN 0 AND 1000000000000),
    currency char(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    version integer NOT NULL DEFAULT 1,
    archived_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- A table of its own: reservations lock these rows, and must hold up neither a change of a
-- product's description nor the foreign keys of new orders. Room for updates within the page.
CREATE TABLE stock (
    product_id uuid PRIMARY KEY REFERENCES products (id),
    quantity integer NOT NULL CHECK (quantity >= 0),
    stock_version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

-- down
DROP TABLE stock;
DROP TABLE products;
DROP FUNCTION rfc3339;
