-- up
-- Everything that was ever announced, in the transaction of the change itself: replay for browsers
-- that come back, the events of an order, realtime while Kafka is away.
CREATE TABLE domain_events (
    event_id uuid PRIMARY KEY,
    -- Which transaction wrote it: those who follow this table must not skip one still under way.
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    topic text NOT NULL,
    type text NOT NULL,
    key text NOT NULL,
    user_id uuid,
    order_id uuid,
    product_id uuid,
    version integer NOT NULL,
    payload jsonb NOT NULL,
    occurred_at timestamptz NOT NULL
);
CREATE INDEX domain_events_by_transaction ON domain_events (xid);
CREATE INDEX domain_events_of_user ON domain_events (user_id, occurred_at) WHERE user_id IS NOT NULL;
CREATE INDEX domain_events_of_order ON domain_events (order_id) WHERE order_id IS NOT NULL;

-- down
DROP TABLE domain_events;
