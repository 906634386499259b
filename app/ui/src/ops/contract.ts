// The shapes of /ops, as the contract tells them (section 7), until the API's own description has them.
// Times are RFC 3339; what is not known is null, never 0.

export type Stats = {
  at: string;
  dead_letters_waiting: number;
  redrives_open: number;
  outbox_depth: number;
  outbox_oldest_seconds: number | null;
  outbox_parked: number;
  lag: number | null;
  lag_seconds: number | null;
  // What is not known, and why.
  problems: string[];
};

export type Listing<Row> = { at: string; problems: string[]; data: Row[] };

export type TopicLag = { group: string; lag: number | null; lag_seconds: number | null };
export type TopicPartition = { partition: number; first: number | null; end: number | null };
export type Topic = { name: string; messages: number | null; rate: number | null; partitions: TopicPartition[]; groups: TopicLag[] };

// Bytes that are no UTF-8 come in Base64 instead.
export type Header = { name: string; value: string | null; value_base64: string | null };
export type TopicRecord = {
  partition: number;
  offset: number;
  timestamp: string;
  key: string | null;
  key_base64: string | null;
  payload: string | null;
  payload_base64: string | null;
  headers: Header[];
};

export type Pause = {
  group: string;
  topic: string | null;
  partition: number | null;
  actor: string;
  reason: string;
  until: string | null;
  created_at: string;
};
export type GroupPartition = {
  topic: string;
  partition: number;
  position: number | null;
  end: number | null;
  lag: number | null;
  lag_seconds: number | null;
  // The client id of the member that has it.
  member: string | null;
};
export type ConsumerGroup = {
  id: string;
  state: string | null;
  lag: number | null;
  lag_seconds: number | null;
  members: Array<{ client_id: string; host: string; partitions: string[] }>;
  partitions: GroupPartition[];
  pauses: Pause[];
};

export type Lane = {
  worker: string;
  seen_at: string;
  group: string;
  topic: string;
  partition: number;
  state: 'idle' | 'running' | 'degraded' | 'halted' | 'paused';
  busy_ms: number;
};

export type TraceHop = {
  topic: string;
  type: string | null;
  event_id: string | null;
  trace_id: string | null;
  made_at: string | null;
  published_at: string | null;
  partition: number | null;
  offset: number | null;
  readers: Array<{ group: string; handled: boolean | null }>;
  note: string | null;
};
export type Trace = { problems: string[]; data: TraceHop[] };

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
