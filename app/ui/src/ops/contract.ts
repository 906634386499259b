// The shapes of /ops, as the contract tells them (section 7), until the API's own description has them.
// Times are RFC 3339; what is not known is null, never 0.

export type Stats = {
  at: string;
  records_per_second: number | null;
  handler_seconds: Quantiles | null;
  end_to_end_seconds: Quantiles | null;
  lag_messages: number | null;
  lag_seconds: number | null;
  dead_letters: number | null;
  outbox: { depth: number | null; age_seconds: number | null };
  workers: number | null;
};
export type Quantiles = { p50: number; p95: number; p99: number };

export type GroupLag = { group: string; messages: number | null; seconds: number | null };
export type TopicPartition = { partition: number; first_offset: number; end_offset: number };
export type Topic = {
  topic: string;
  partitions: TopicPartition[];
  messages: number | null;
  rate: number | null;
  lag: GroupLag[];
};

// Bytes that are no UTF-8 come in Base64 instead.
export type Header = { name: string; value: string | null; value_base64: string | null };
export type Message = {
  topic: string;
  partition: number;
  offset: number;
  at: string;
  key: string | null;
  headers: Header[];
  payload: unknown;
  payload_size: number;
};

export type Pause = { topic: string | null; partition: number | null; reason: string; actor: string; until: string | null };
export type GroupPartition = {
  topic: string;
  partition: number;
  member: string | null;
  committed: number | null;
  end_offset: number | null;
  lag_messages: number | null;
  lag_seconds: number | null;
};
export type ConsumerGroup = {
  group: string;
  state: string;
  members: Array<{ id: string; client_id: string; host: string; partitions: number }>;
  partitions: GroupPartition[];
  lag_messages: number | null;
  lag_seconds: number | null;
  pauses: Pause[];
};

export type Lane = {
  worker: string;
  group: string;
  topic: string;
  partition: number;
  state: string;
  offset: number | null;
  key: string | null;
  running_seconds: number | null;
  queued: number | null;
};

export type Hop = { name: string; process: string | null; at: string; seconds: number | null; detail: string | null };
export type Trace = { order_id: string; order_number: string | null; trace_id: string | null; hops: Hop[] };

export type DeadLetterState = 'waiting' | 'taken' | 'redriven' | 'discarded';
export type DeadLetter = {
  id: string;
  state: DeadLetterState;
  died_at: string;
  source: { topic: string; partition: number; offset: number; produced_at: string } | null;
  consumer_group: string | null;
  attempts: number;
  error_class: string | null;
  error_message: string | null;
  fingerprint: string | null;
  redrives: number;
  payload_size: number;
  key: string | null;
  key_base64: string | null;
};
export type DeadLetterDetails = DeadLetter & { payload: string | null; payload_base64: string | null; headers: Header[] };
export type Cause = {
  fingerprint: string | null;
  topic: string;
  source_topic: string | null;
  consumer_group: string | null;
  error_class: string | null;
  error_message: string | null;
  count: number;
  handled: number;
  first_at: string;
  last_at: string;
  example: string;
};

export type Selection = { ids?: string[]; topic?: string; where?: string; limit?: number; force?: boolean };
export type RedriveForm = Selection & { reason: string; patch?: unknown; rate?: number; dry_run?: boolean };
export type Preview = {
  total: number;
  parked: number;
  foreign: number;
  refused: number;
  items: Array<{ id: string; source_topic: string | null; source_partition: number; source_offset: number; error_class: string | null; problem: string | null }>;
};
export type Redrive = {
  id: string;
  kind: 'redrive' | 'discard';
  state: 'preparing' | 'running' | 'cancelled' | 'completed' | 'failed';
  actor: string;
  reason: string;
  total: number;
  done: number;
  refused: number;
  error: string | null;
  created_at: string;
  finished_at: string | null;
};

export type AuditEntry = { id: string; at: string; actor: string; action: string; subject: string; reason: string };

export type Page<Row> = { data: Row[]; next_cursor: string | null };
