-- up
-- How many orders a minute a user may place: NULL is the shop's usual limit, 0 is none.
ALTER TABLE users ADD COLUMN orders_per_minute integer CHECK (orders_per_minute >= 0);

-- What each user placed in the minute that began with the first of them. The row is locked by each
-- order of the user until it commits, so the count is exact however many come at once.
CREATE TABLE order_rates (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    minute_began_at timestamptz NOT NULL,
    placed integer NOT NULL
) WITH (fillfactor = 50);

-- Called where one order more is counted. An exception, so that nothing else of the statement takes
-- effect either: no order, and no idempotency key.
CREATE FUNCTION refuse_order_rate(minute_began_at timestamptz) RETURNS integer
    LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'SH429', MESSAGE = 'too many orders in a minute', DETAIL =
        greatest(1, ceil(extract(epoch FROM minute_began_at + interval '1 minute' - clock_timestamp())))::int;
END
$$;

-- down
DROP FUNCTION refuse_order_rate;
DROP TABLE order_rates;
ALTER TABLE users DROP COLUMN orders_per_minute;
