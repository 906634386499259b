import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import { unwrap } from '../api/client';
import type { AuditEntry, Cause, ConsumerGroup, DeadLetter, DeadLetterDetails, Lane, Listing, Page, Preview, Redrive, RedriveForm, Selection, Stats, Topic, TopicRecord, Trace } from './contract';

type Query = Record<string, string | number | boolean | undefined>;

// One request of /ops; its body, or an ApiProblem is thrown.
async function request<T>(method: 'GET' | 'POST', path: string, options: { query?: Query; body?: unknown; signal?: AbortSignal } = {}): Promise<T> {
  const url = new URL(`/api/v1/ops/${path}`, globalThis.location.href);
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== undefined && value !== '') url.searchParams.set(name, String(value));
  }
  return unwrap(send(url, method, options.body, options.signal) as Promise<{ data?: T; error?: unknown; response: Response }>);
}

async function send(url: URL, method: string, body: unknown, signal: AbortSignal | undefined): Promise<{ data?: unknown; error?: unknown; response: Response }> {
  const response = await globalThis.fetch(url, {
    method,
    credentials: 'same-origin',
    signal: signal ?? null,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  const isJson = /[/+]json/.test(response.headers.get('Content-Type') ?? '');
  const read: unknown = isJson ? await response.json() : undefined;
  return response.ok ? { data: read, response } : { error: read, response };
}

// How often what changes by itself is asked for again; not while the tab is hidden.
const kOften = 2_000;
const kSometimes = 5_000;

export const opsKeys = {
  all: ['ops'] as const,
  deadLetters: ['ops', 'dead_letters'] as const,
  redrives: ['ops', 'redrives'] as const,
  groups: ['ops', 'consumer_groups'] as const,
};

const listOf = <Row>(path: string, query?: Query) => async ({ signal }: { signal: AbortSignal }) =>
  (await request<{ data: Row[] }>('GET', path, query ? { query, signal } : { signal })).data;

export const statsQuery = queryOptions({
  queryKey: ['ops', 'stats'],
  queryFn: ({ signal }) => request<Stats>('GET', 'stats', { signal }),
  refetchInterval: kOften,
  staleTime: 0,
});
export const topicsQuery = queryOptions({ queryKey: ['ops', 'topics'], queryFn: ({ signal }) => request<Listing<Topic>>('GET', 'topics', { signal }), refetchInterval: kOften });
export const groupsQuery = queryOptions({ queryKey: opsKeys.groups, queryFn: ({ signal }) => request<Listing<ConsumerGroup>>('GET', 'consumer_groups', { signal }), refetchInterval: kOften });
export const lanesQuery = queryOptions({ queryKey: ['ops', 'lanes'], queryFn: listOf<Lane>('lanes'), refetchInterval: kOften });
export const causesQuery = queryOptions({ queryKey: [...opsKeys.deadLetters, 'stats'], queryFn: listOf<Cause>('dead_letters/stats'), refetchInterval: kSometimes });
export const redrivesQuery = queryOptions({
  queryKey: opsKeys.redrives,
  queryFn: listOf<Redrive>('redrives', { limit: 50 }),
  // While one is under way its progress is worth watching.
  refetchInterval: ({ state }) => (state.data?.some(isOpen) ? 500 : kSometimes),
});

export function isOpen({ state }: Redrive): boolean {
  return state === 'preparing' || state === 'running';
}

export function messagesQuery(topic: string, { partition, offset }: { partition: number; offset?: number }) {
  return queryOptions({
    queryKey: ['ops', 'messages', topic, partition, offset],
    queryFn: listOf<TopicRecord>(`topics/${encodeURIComponent(topic)}/messages`, { partition, offset, limit: 50 }),
    // What is at the end is followed; a place somebody asked for stays as it is.
    refetchInterval: offset === undefined ? kSometimes : (false as const),
  });
}

export function deadLettersQuery(selection: { topic?: string; where?: string }) {
  return infiniteQueryOptions({
    queryKey: [...opsKeys.deadLetters, 'list', selection],
    queryFn: ({ pageParam, signal }) => request<Page<DeadLetter>>('GET', 'dead_letters', { query: { ...selection, limit: 100, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function deadLetterQuery(id: string) {
  return queryOptions({
    queryKey: [...opsKeys.deadLetters, 'detail', id],
    queryFn: ({ signal }) => request<DeadLetterDetails>('GET', `dead_letters/${id}`, { signal }),
  });
}

export function auditQuery() {
  return infiniteQueryOptions({
    queryKey: ['ops', 'audit'],
    queryFn: ({ pageParam, signal }) => request<Page<AuditEntry>>('GET', 'audit', { query: { limit: 100, cursor: pageParam }, signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

export function traceQuery(orderId: string) {
  return queryOptions({
    queryKey: ['ops', 'traces', orderId],
    queryFn: ({ signal }) => request<Trace>('GET', `traces/${encodeURIComponent(orderId)}`, { signal }),
    staleTime: 0,
  });
}

export const previewRedrive = (form: RedriveForm) => request<Preview>('POST', 'redrives', { body: { ...form, dry_run: true } });
export const previewDiscard = (form: Selection & { reason: string }) => request<Preview>('POST', 'dead_letters/discard', { body: { ...form, dry_run: true } });
export const startRedrive = (form: RedriveForm) => request<Redrive>('POST', 'redrives', { body: form });
export const discardDeadLetters = (form: Selection & { reason: string }) => request<Redrive>('POST', 'dead_letters/discard', { body: form });
export const cancelRedrive = (id: string) => request<Redrive>('POST', `redrives/${id}/cancel`, { body: { reason: 'stopped on the operations page' } });
export const resumeRedrive = (id: string) => request<Redrive>('POST', `redrives/${id}/resume`);

export type ResumeForm = { topic?: string; partition?: number; reason: string };
export type PauseForm = ResumeForm & { until?: string };
export const pauseGroup = (group: string, form: PauseForm) =>
  request<unknown>('POST', `consumer_groups/${encodeURIComponent(group)}/pause`, { body: form });
export const resumeGroup = (group: string, form: ResumeForm) =>
  request<unknown>('POST', `consumer_groups/${encodeURIComponent(group)}/resume`, { body: form });
