-- PostgreSQL database dump

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

-- Name: rfc3339(timestamp with time zone); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.rfc3339(moment timestamp with time zone) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_char((moment AT TIME ZONE 'UTC'::text), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'::text);

SET default_tablespace = '';

SET default_table_access_method = heap;

-- Name: consumer_offsets; Type: TABLE; Schema: public; Owner: -

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

-- Name: domain_events; Type: TABLE; Schema: public; Owner: -

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
);

-- Name: idempotency_keys; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.idempotency_keys (
    user_id uuid NOT NULL,
    key text NOT NULL,
    fingerprint text NOT NULL,
    order_id uuid NOT NULL,
    created_at timestamp with time zone NOT NULL
);

-- Name: order_commands; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.order_commands (
    command_id uuid NOT NULL,
    order_id uuid NOT NULL,
    outcome text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    CONSTRAINT order_commands_outcome_check CHECK ((outcome = ANY (ARRAY['applied'::text, 'unchanged'::text, 'refused'::text])))
);

-- Name: order_items; Type: TABLE; Schema: public; Owner: -

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
);

-- Name: orders; Type: TABLE; Schema: public; Owner: -

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
WITH (fillfactor='70');

-- Name: order_numbers; Type: SEQUENCE; Schema: public; Owner: -

CREATE SEQUENCE public.order_numbers
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

-- Name: order_numbers; Type: SEQUENCE OWNED BY; Schema: public; Owner: -

ALTER SEQUENCE public.order_numbers OWNED BY public.orders.order_number;

-- Name: outbox; Type: TABLE; Schema: public; Owner: -

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

-- Name: outbox_id_seq; Type: SEQUENCE; Schema: public; Owner: -

ALTER TABLE public.outbox ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY (
    SEQUENCE NAME public.outbox_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: outbox_parked; Type: TABLE; Schema: public; Owner: -

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

-- Name: outbox_relays; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.outbox_relays (
    owner text NOT NULL,
    alive_until timestamp with time zone NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');

-- Name: outbox_shards; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.outbox_shards (
    shard smallint NOT NULL,
    owner text,
    epoch bigint DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL
)
WITH (fillfactor='50', autovacuum_vacuum_scale_factor='0', autovacuum_vacuum_threshold='1000');

-- Name: products; Type: TABLE; Schema: public; Owner: -

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

-- Name: schema_migrations; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.schema_migrations (
    version text NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL
);

-- Name: stock; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.stock (
    product_id uuid NOT NULL,
    quantity integer NOT NULL,
    stock_version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT stock_quantity_check CHECK ((quantity >= 0))
)
WITH (fillfactor='50');

-- Name: stock_movements; Type: TABLE; Schema: public; Owner: -

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
);

-- Name: users; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.users (
    id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    password_hash text NOT NULL,
    role text DEFAULT 'user'::text NOT NULL,
    token_version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT users_email_check CHECK ((email = lower(email))),
    CONSTRAINT users_role_check CHECK ((role = ANY (ARRAY['user'::text, 'admin'::text])))
);

-- Name: orders order_number; Type: DEFAULT; Schema: public; Owner: -

ALTER TABLE ONLY public.orders ALTER COLUMN order_number SET DEFAULT ('ORD-'::text || lpad((nextval('public.order_numbers'::regclass))::text, 8, '0'::text));

-- Name: consumer_offsets consumer_offsets_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.consumer_offsets
    ADD CONSTRAINT consumer_offsets_pkey PRIMARY KEY (grp, topic, partition);

-- Name: domain_events domain_events_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.domain_events
    ADD CONSTRAINT domain_events_pkey PRIMARY KEY (event_id);

-- Name: idempotency_keys idempotency_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key);

-- Name: order_commands order_commands_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.order_commands
    ADD CONSTRAINT order_commands_pkey PRIMARY KEY (command_id);

-- Name: order_items order_items_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.order_items
    ADD CONSTRAINT order_items_pkey PRIMARY KEY (order_id, product_id);

-- Name: orders orders_order_number_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_order_number_key UNIQUE (order_number);

-- Name: orders orders_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_pkey PRIMARY KEY (id);

-- Name: outbox_parked outbox_parked_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.outbox_parked
    ADD CONSTRAINT outbox_parked_pkey PRIMARY KEY (shard, id);

-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (shard, id);

-- Name: outbox_relays outbox_relays_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.outbox_relays
    ADD CONSTRAINT outbox_relays_pkey PRIMARY KEY (owner);

-- Name: outbox_shards outbox_shards_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.outbox_shards
    ADD CONSTRAINT outbox_shards_pkey PRIMARY KEY (shard);

-- Name: products products_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.products
    ADD CONSTRAINT products_pkey PRIMARY KEY (id);

-- Name: products products_sku_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.products
    ADD CONSTRAINT products_sku_key UNIQUE (sku);

-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

-- Name: stock_movements stock_movements_order_id_product_id_kind_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.stock_movements
    ADD CONSTRAINT stock_movements_order_id_product_id_kind_key UNIQUE (order_id, product_id, kind);

-- Name: stock_movements stock_movements_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.stock_movements
    ADD CONSTRAINT stock_movements_pkey PRIMARY KEY (id);

-- Name: stock stock_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.stock
    ADD CONSTRAINT stock_pkey PRIMARY KEY (product_id);

-- Name: users users_email_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_email_key UNIQUE (email);

-- Name: users users_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

-- Name: domain_events_by_transaction; Type: INDEX; Schema: public; Owner: -

CREATE INDEX domain_events_by_transaction ON public.domain_events USING btree (xid);

-- Name: domain_events_of_order; Type: INDEX; Schema: public; Owner: -

CREATE INDEX domain_events_of_order ON public.domain_events USING btree (order_id) WHERE (order_id IS NOT NULL);

-- Name: domain_events_of_user; Type: INDEX; Schema: public; Owner: -

CREATE INDEX domain_events_of_user ON public.domain_events USING btree (user_id, occurred_at) WHERE (user_id IS NOT NULL);

-- Name: orders_of_user; Type: INDEX; Schema: public; Owner: -

CREATE INDEX orders_of_user ON public.orders USING btree (user_id, id);

-- Name: outbox_parked_key; Type: INDEX; Schema: public; Owner: -

CREATE INDEX outbox_parked_key ON public.outbox_parked USING btree (shard, topic, md5(key), id);

-- Name: stock_movements_of_product; Type: INDEX; Schema: public; Owner: -

CREATE INDEX stock_movements_of_product ON public.stock_movements USING btree (product_id, id);

-- Name: idempotency_keys idempotency_keys_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

-- Name: order_items order_items_order_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.order_items
    ADD CONSTRAINT order_items_order_id_fkey FOREIGN KEY (order_id) REFERENCES public.orders(id);

-- Name: order_items order_items_product_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.order_items
    ADD CONSTRAINT order_items_product_id_fkey FOREIGN KEY (product_id) REFERENCES public.products(id);

-- Name: orders orders_user_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id);

-- Name: stock_movements stock_movements_order_id_product_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.stock_movements
    ADD CONSTRAINT stock_movements_order_id_product_id_fkey FOREIGN KEY (order_id, product_id) REFERENCES public.order_items(order_id, product_id);

-- Name: stock stock_product_id_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.stock
    ADD CONSTRAINT stock_product_id_fkey FOREIGN KEY (product_id) REFERENCES public.products(id);

-- PostgreSQL database dump complete

