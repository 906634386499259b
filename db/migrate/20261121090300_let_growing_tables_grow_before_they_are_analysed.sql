-- up
-- These tables can grow from nothing to a hundred thousand rows between two looks of autovacuum. What
-- ANALYZE and VACUUM write down of a page or two makes the server plan for reading all of them, in
-- foreign keys' checks as well, and keep that plan while they grow. Of a table that neither has seen
-- the server assumes ten pages at least, and searches by key; of a thousand rows it does so anyway.
ALTER TABLE orders SET (autovacuum_analyze_threshold = 1000, autovacuum_vacuum_threshold = 1000);
ALTER TABLE order_items SET (autovacuum_analyze_threshold = 1000, autovacuum_vacuum_threshold = 1000);
ALTER TABLE stock_movements SET (autovacuum_analyze_threshold = 1000, autovacuum_vacuum_threshold = 1000);
ALTER TABLE domain_events SET (autovacuum_analyze_threshold = 1000, autovacuum_vacuum_threshold = 1000);
ALTER TABLE order_commands SET (autovacuum_analyze_threshold = 1000, autovacuum_vacuum_threshold = 1000);
ALTER TABLE idempotency_keys SET (autovacuum_analyze_threshold = 1000, autovacuum_vacuum_threshold = 1000);

-- down
ALTER TABLE orders RESET (autovacuum_analyze_threshold, autovacuum_vacuum_threshold);
ALTER TABLE order_items RESET (autovacuum_analyze_threshold, autovacuum_vacuum_threshold);
ALTER TABLE stock_movements RESET (autovacuum_analyze_threshold, autovacuum_vacuum_threshold);
ALTER TABLE domain_events RESET (autovacuum_analyze_threshold, autovacuum_vacuum_threshold);
ALTER TABLE order_commands RESET (autovacuum_analyze_threshold, autovacuum_vacuum_threshold);
ALTER TABLE idempotency_keys RESET (autovacuum_analyze_threshold, autovacuum_vacuum_threshold);
