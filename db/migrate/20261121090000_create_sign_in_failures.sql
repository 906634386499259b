-- up
-- Failed attempts to sign in, counted together by all web processes. A row is a subject: an account
-- (`account:<e-mail>`, whether it exists or not) or a client's address (`address:<ip>`).
CREATE TABLE sign_in_failures (
    subject text PRIMARY KEY,
    -- The last five at most, the oldest first.
    failed_at timestamptz[] NOT NULL CHECK (cardinality(failed_at) BETWEEN 1 AND 5),
    forget_at timestamptz NOT NULL
);
CREATE INDEX sign_in_failures_to_forget ON sign_in_failures (forget_at);

-- down
DROP TABLE sign_in_failures;
