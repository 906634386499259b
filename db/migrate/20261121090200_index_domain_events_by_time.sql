-- up
-- What an administrator missed is asked for by time alone. Rows come in about that order, so a
-- block range index serves, and costs writers next to nothing.
CREATE INDEX domain_events_by_time ON domain_events USING brin (occurred_at)
    WITH (pages_per_range = 8, autosummarize = on);

-- down
DROP INDEX domain_events_by_time;
