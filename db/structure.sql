CREATE FUNCTION public.outbox_oldest_at() RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    AS $$
    SELECT min(first.created_at)
    FROM generate_series(0, 15) AS shards (shard)
    CROSS JOIN LATERAL (
        SELECT created_at FROM outbox WHERE outbox.shard = shards.shard ORDER BY id LIMIT 1
    ) AS first
$$;

CREATE FUNCTION public.refuse_order_rate(minute_began_at timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'SH429', MESSAGE = 'too many orders in a minute', DETAIL =
        greatest(1, ceil(extract(epoch FROM minute_began_at + interval '1 minute' - clock_timestamp())))::int;
END
$$;

CREATE FUNCTION public.rfc3339(moment timestamp with time zone) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_char((moment AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text);

CREATE TABLE public.consumer_attempts (
    grp text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    deaths integer DEFAULT 0 NOT NULL,
    error_class bytea DEFAULT '\x'::bytea NOT NULL,
    error_message bytea DEFAULT '\x'::bytea NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.consumer_inbox (
    grp text NOT NULL,
    topic text NOT NULL,
    ce_id bytea NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.consumer_offsets (
    grp text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    topic_id text,
    leader_epoch integer,
    epoch bigint NOT NULL,
    next_offset bigint NOT NULL,
    owner text NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT consumer_offsets_next_offset_check CHECK ((next_offset >= 0)),
    CONSTRAINT consumer_offsets_partition_check CHECK ((partition >= 0))
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');

CREATE TABLE public.consumer_pauses (
    grp text NOT NULL,
    topic text DEFAULT ''::text NOT NULL,
    partition integer DEFAULT '-1'::integer NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    until timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT consumer_pauses_check CHECK (((partition = '-1'::integer) OR (topic <> ''::text)))
);

CREATE TABLE public.consumer_suspects (
    grp text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    first_offset bigint NOT NULL,
    last_offset bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.dead_letters (
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    died_at timestamp with time zone NOT NULL,
    key bytea,
    payload bytea,
    headers jsonb NOT NULL,
    source_topic text,
    source_partition integer,
    source_offset bigint,
    source_at timestamp with time zone,
    grp text,
    attempts integer DEFAULT 0 NOT NULL,
    error_class text,
    error_message text,
    fingerprint text,
    redrives integer DEFAULT 0 NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    redrive_id bigint,
    handled_at timestamp with time zone,
    death_id text,
    CONSTRAINT dead_letters_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'taken'::text, 'redriven'::text, 'discarded'::text])))
);

CREATE TABLE public.domain_events (
    event_id uuid NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    topic text NOT NULL,
    type text NOT NULL,
    key text NOT NULL,
    user_id uuid,
    order_id uuid,
    product_id uuid,
    version integer NOT NULL,
    payload jsonb NOT NULL,
    occurred_at timestamp with time zone NOT NULL
)
WITH (autovacuum_analyze_threshold='1000', autovacuum_vacuum_threshold='1000');

CREATE TABLE public.idempotency_keys (
    user_id uuid NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    order_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL
)
WITH (autovacuum_analyze_threshold='1000', autovacuum_vacuum_threshold='1000');

CREATE TABLE public.operator_audit (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT now() NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    reason text NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL
);

ALTER TABLE public.operator_audit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.operator_audit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.order_commands (
    command_id uuid NOT NULL,
    order_id uuid NOT NULL,
    outcome text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT order_commands_outcome_check CHECK ((outcome = ANY (ARRAY['applied'::text, 'unchanged'::text, 'refused'::text])))
)
WITH (autovacuum_analyze_threshold='1000', autovacuum_vacuum_threshold='1000');

CREATE TABLE public.order_items (
    order_id uuid NOT NULL,
    product_id uuid NOT NULL,
    "position" integer NOT NULL,
    sku text NOT NULL,
    name text NOT NULL,
    quantity integer NOT NULL,
    unit_price_minor bigint NOT NULL,
    CONSTRAINT order_items_quantity_check CHECK (((quantity >= 1) AND (quantity <= 10000))),
    CONSTRAINT order_items_unit_price_minor_check CHECK ((unit_price_minor >= 0))
)
WITH (autovacuum_analyze_threshold='1000', autovacuum_vacuum_threshold='1000');

CREATE TABLE public.orders (
    id uuid NOT NULL,
    order_number text NOT NULL,
    user_id uuid NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    order_version integer DEFAULT 1 NOT NULL,
    total_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    shipping_address jsonb,
    payment_status text DEFAULT 'pending'::text NOT NULL,
    rejection jsonb,
    cancelled_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT orders_check CHECK (((rejection IS NOT NULL) = (status = 'rejected'::text))),
    CONSTRAINT orders_check1 CHECK (((cancelled_at IS NOT NULL) = (status = 'cancelled'::text))),
    CONSTRAINT orders_payment_status_check CHECK ((payment_status = ANY (ARRAY['pending'::text, 'authorised'::text, 'declined'::text, 'voided'::text, 'captured'::text]))),
    CONSTRAINT orders_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'confirmed'::text, 'rejected'::text, 'processing'::text, 'shipped'::text, 'delivered'::text, 'cancelled'::text]))),
    CONSTRAINT orders_total_minor_check CHECK ((total_minor >= 0))
)
WITH (fillfactor='70', autovacuum_analyze_threshold='1000', autovacuum_vacuum_threshold='1000');

CREATE SEQUENCE public.order_numbers
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.order_numbers OWNED BY public.orders.order_number;

CREATE TABLE public.order_rates (
    user_id uuid NOT NULL,
    minute_began_at timestamp with time zone NOT NULL,
    placed integer NOT NULL
)
WITH (fillfactor='50');

CREATE TABLE public.outbox (
    shard smallint NOT NULL,
    id bigint NOT NULL,
    topic text NOT NULL,
    key bytea,
    payload bytea,
    headers jsonb DEFAULT '[]'::jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT outbox_shard_check CHECK (((shard >= 0) AND (shard <= 15)))
)
WITH (autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='10000', autovacuum_vacuum_insert_threshold='-1', autovacuum_vacuum_cost_delay='0', autovacuum_analyze_scale_factor='0', autovacuum_analyze_threshold='100000', toast.autovacuum_vacuum_scale_factor='0', toast.autovacuum_vacuum_threshold='10000', toast.autovacuum_vacuum_cost_delay='0');

ALTER TABLE public.outbox ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.outbox_parked (
    shard smallint NOT NULL,
    id bigint NOT NULL,
    topic text NOT NULL,
    key bytea,
    payload bytea,
    headers jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    parked_at timestamp with time zone DEFAULT now() NOT NULL,
    error text NOT NULL
);

CREATE TABLE public.outbox_relays (
    owner text NOT NULL,
    alive_until timestamp with time zone NOT NULL,
    busy double precision,
    writes double precision
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');

CREATE TABLE public.outbox_shards (
    shard smallint NOT NULL,
    owner text,
    epoch bigint DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');

CREATE TABLE public.parked_records (
    grp text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    key bytea,
    payload bytea,
    headers jsonb NOT NULL,
    record_ms bigint NOT NULL,
    attempts integer NOT NULL,
    error_class bytea NOT NULL,
    error_message bytea NOT NULL,
    parked_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.products (
    id uuid NOT NULL,
    sku text NOT NULL,
    name text NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    category text DEFAULT ''::text NOT NULL,
    price_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    archived_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT products_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT products_price_minor_check CHECK (((price_minor >= 0) AND (price_minor <= '1000000000000'::bigint)))
);

CREATE TABLE public.redrive_items (
    redrive_id bigint NOT NULL,
    "position" bigint NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    outcome text,
    detail text,
    done_at timestamp with time zone,
    effect text,
    effect_at timestamp with time zone,
    CONSTRAINT redrive_items_effect_check CHECK ((effect = ANY (ARRAY['done'::text, 'dead'::text]))),
    CONSTRAINT redrive_items_outcome_check CHECK ((outcome = ANY (ARRAY['sent'::text, 'discarded'::text, 'refused'::text, 'withdrawn'::text])))
);

CREATE TABLE public.redrives (
    id bigint NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    runner text NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    selection jsonb NOT NULL,
    patch jsonb,
    rate double precision,
    total bigint DEFAULT 0 NOT NULL,
    done bigint DEFAULT 0 NOT NULL,
    refused bigint DEFAULT 0 NOT NULL,
    error text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    finished_at timestamp with time zone,
    CONSTRAINT redrives_kind_check CHECK ((kind = ANY (ARRAY['redrive'::text, 'discard'::text]))),
    CONSTRAINT redrives_rate_check CHECK ((rate > (0)::double precision)),
    CONSTRAINT redrives_runner_check CHECK ((runner = ANY (ARRAY['command'::text, 'server'::text]))),
    CONSTRAINT redrives_state_check CHECK ((state = ANY (ARRAY['preparing'::text, 'running'::text, 'cancelled'::text, 'completed'::text, 'failed'::text])))
);

ALTER TABLE public.redrives ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.redrives_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.schema_migrations (
    version text NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE public.sign_in_failures (
    subject text NOT NULL,
    failed_at timestamp with time zone[] NOT NULL,
    forget_at timestamp with time zone NOT NULL,
    CONSTRAINT sign_in_failures_failed_at_check CHECK (((cardinality(failed_at) >= 1) AND (cardinality(failed_at) <= 5)))
);

CREATE TABLE public.stock (
    product_id uuid NOT NULL,
    quantity integer NOT NULL,
    stock_version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT stock_quantity_check CHECK ((quantity >= 0))
)
WITH (fillfactor='50');

CREATE TABLE public.stock_movements (
    id uuid NOT NULL,
    order_id uuid,
    product_id uuid NOT NULL,
    kind text NOT NULL,
    quantity integer NOT NULL,
    reason text,
    at timestamp with time zone NOT NULL,
    CONSTRAINT stock_movements_check CHECK (((kind = 'adjust'::text) = (order_id IS NULL))),
    CONSTRAINT stock_movements_check1 CHECK (
CASE kind
    WHEN 'reserve'::text THEN (quantity < 0)
    WHEN 'release'::text THEN (quantity > 0)
    ELSE true
END),
    CONSTRAINT stock_movements_kind_check CHECK ((kind = ANY (ARRAY['reserve'::text, 'release'::text, 'adjust'::text])))
)
WITH (autovacuum_analyze_threshold='1000', autovacuum_vacuum_threshold='1000');

CREATE TABLE public.users (
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    password_hash text NOT NULL,
    role text DEFAULT 'user'::text NOT NULL,
    token_version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    orders_per_minute integer,
    CONSTRAINT users_email_check CHECK ((email = lower(email))),
    CONSTRAINT users_orders_per_minute_check CHECK ((orders_per_minute >= 0)),
    CONSTRAINT users_role_check CHECK ((role = ANY (ARRAY['user'::text, 'admin'::text])))
);

CREATE TABLE public.workers (
    owner text NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL,
    lanes jsonb NOT NULL,
    problems jsonb DEFAULT '[]'::jsonb NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');

ALTER TABLE ONLY public.orders ALTER COLUMN order_number SET DEFAULT ('ORD-'::text || lpad((nextval('public.order_numbers'::regclass))::text, 8, '0'::text));

ALTER TABLE ONLY public.consumer_attempts
    ADD CONSTRAINT consumer_attempts_pkey PRIMARY KEY (grp, topic, partition, record_offset);

ALTER TABLE ONLY public.consumer_inbox
    ADD CONSTRAINT consumer_inbox_pkey PRIMARY KEY (grp, topic, ce_id);

ALTER TABLE ONLY public.consumer_offsets
    ADD CONSTRAINT consumer_offsets_pkey PRIMARY KEY (grp, topic, partition);

ALTER TABLE ONLY public.consumer_pauses
    ADD CONSTRAINT consumer_pauses_pkey PRIMARY KEY (grp, topic, partition);

ALTER TABLE ONLY public.consumer_suspects
    ADD CONSTRAINT consumer_suspects_pkey PRIMARY KEY (grp, topic, partition, first_offset, last_offset);

ALTER TABLE ONLY public.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (topic, partition, record_offset);

ALTER TABLE ONLY public.domain_events
    ADD CONSTRAINT domain_events_pkey PRIMARY KEY (event_id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key);

ALTER TABLE ONLY public.operator_audit
    ADD CONSTRAINT operator_audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.order_commands
    ADD CONSTRAINT order_commands_pkey PRIMARY KEY (command_id);

ALTER TABLE ONLY public.order_items
    ADD CONSTRAINT order_items_pkey PRIMARY KEY (order_id, product_id);

ALTER TABLE ONLY public.order_rates
    ADD CONSTRAINT order_rates_pkey PRIMARY KEY (user_id);

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_order_number_key UNIQUE (order_number);

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.outbox_parked
    ADD CONSTRAINT outbox_parked_pkey PRIMARY KEY (shard, id);

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (shard, id);

ALTER TABLE ONLY public.outbox_relays
    ADD CONSTRAINT outbox_relays_pkey PRIMARY KEY (owner);

ALTER TABLE ONLY public.outbox_shards
    ADD CONSTRAINT outbox_shards_pkey PRIMARY KEY (shard);

ALTER TABLE ONLY public.parked_records
    ADD CONSTRAINT parked_records_pkey PRIMARY KEY (grp, topic, partition, record_offset);

ALTER TABLE ONLY public.products
    ADD CONSTRAINT products_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.products
    ADD CONSTRAINT products_sku_key UNIQUE (sku);

ALTER TABLE ONLY public.redrive_items
    ADD CONSTRAINT redrive_items_pkey PRIMARY KEY (redrive_id, "position");

ALTER TABLE ONLY public.redrives
    ADD CONSTRAINT redrives_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

ALTER TABLE ONLY public.sign_in_failures
    ADD CONSTRAINT sign_in_failures_pkey PRIMARY KEY (subject);

ALTER TABLE ONLY public.stock_movements
    ADD CONSTRAINT stock_movements_order_id_product_id_kind_key UNIQUE (order_id, product_id, kind);

ALTER TABLE ONLY public.stock_movements
    ADD CONSTRAINT stock_movements_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.stock
    ADD CONSTRAINT stock_pkey PRIMARY KEY (product_id);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.workers
    ADD CONSTRAINT workers_pkey PRIMARY KEY (owner);

CREATE INDEX consumer_inbox_by_age ON public.consumer_inbox USING btree (grp, topic, seen_at);

CREATE UNIQUE INDEX dead_letters_by_death ON public.dead_letters USING btree (topic, death_id);

CREATE INDEX dead_letters_by_fingerprint ON public.dead_letters USING btree (fingerprint);

CREATE INDEX dead_letters_by_source ON public.dead_letters USING btree (source_topic, source_partition, source_offset) WHERE (state = 'waiting'::text);

CREATE INDEX dead_letters_by_time ON public.dead_letters USING btree (died_at, topic, partition, record_offset);

CREATE INDEX domain_events_by_time ON public.domain_events USING brin (occurred_at) WITH (pages_per_range='8', autosummarize='on');

CREATE INDEX domain_events_by_transaction ON public.domain_events USING btree (xid);

CREATE INDEX domain_events_of_order ON public.domain_events USING btree (order_id) WHERE (order_id IS NOT NULL);

CREATE INDEX domain_events_of_user ON public.domain_events USING btree (user_id, occurred_at) WHERE (user_id IS NOT NULL);

CREATE INDEX orders_of_user ON public.orders USING btree (user_id, id);

CREATE INDEX outbox_parked_key ON public.outbox_parked USING btree (shard, topic, md5(key), id);

CREATE INDEX redrive_items_left ON public.redrive_items USING btree (redrive_id, "position") WHERE (done_at IS NULL);

CREATE INDEX redrives_open ON public.redrives USING btree (id) WHERE (state = ANY (ARRAY['preparing'::text, 'running'::text]));

CREATE INDEX sign_in_failures_to_forget ON public.sign_in_failures USING btree (forget_at);

CREATE INDEX stock_movements_of_product ON public.stock_movements USING btree (product_id, id);

ALTER TABLE ONLY public.dead_letters
    ADD CONSTRAINT dead_letters_redrive_id_fkey FOREIGN KEY (redrive_id) REFERENCES public.redrives(id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.order_items
    ADD CONSTRAINT order_items_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

ALTER TABLE ONLY public.order_items
    ADD CONSTRAINT order_items_product_id_fkey FOREIGN KEY (product_id) REFERENCES public.products(id);

ALTER TABLE ONLY public.order_rates
    ADD CONSTRAINT order_rates_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

ALTER TABLE ONLY public.redrive_items
    ADD CONSTRAINT redrive_items_redrive_id_fkey FOREIGN KEY (redrive_id) REFERENCES public.redrives(id);

ALTER TABLE ONLY public.stock_movements
    ADD CONSTRAINT stock_movements_order_id_product_id_fkey FOREIGN KEY (order_id, product_id) REFERENCES public.order_items(order_id, product_id);

ALTER TABLE ONLY public.stock
    ADD CONSTRAINT stock_product_id_fkey FOREIGN KEY (product_id) REFERENCES public.products(id);
