import type { TraceHop } from './contract';

export type Bar = { hop: TraceHop; startMs: number; lengthMs: number | undefined; left: number; width: number };

// The hops of a trace as bars on one scale of time, the earliest first: from when a transaction wrote it
// until it was in Kafka. Kafka's clock knows whole milliseconds only, so a hop may seem to end before it
// began; its bar has no length then.
export function waterfall(hops: readonly TraceHop[]): { bars: Bar[]; totalMs: number } {
  const timed = hops
    .map((hop) => ({ hop, from: timeOf(hop.made_at) ?? timeOf(hop.published_at), to: timeOf(hop.published_at) }))
    .flatMap(({ hop, from, to }) => (from === undefined ? [] : [{ hop, from, to: to === undefined ? undefined : Math.max(from, to) }]))
    .sort((a, b) => a.from - b.from);
  const start = timed[0]?.from ?? 0;
  const totalMs = Math.max(0.001, ...timed.map(({ from, to }) => (to ?? from) - start));
  const bars = timed.map(({ hop, from, to }) => {
    const startMs = from - start;
    const lengthMs = to === undefined ? undefined : to - from;
    return { hop, startMs, lengthMs, left: (startMs / totalMs) * 100, width: ((lengthMs ?? 0) / totalMs) * 100 };
  });
  return { bars, totalMs };
}

// With the microseconds, which Date does not read.
function timeOf(time: string | null): number | undefined {
  if (time === null) return undefined;
  const digits = /\.\d{3}(\d{1,6})/.exec(time)?.[1];
  return Date.parse(time) + (digits ? Number(`0.${digits}`) : 0);
}
