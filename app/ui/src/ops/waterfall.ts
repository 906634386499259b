import type { Hop } from './contract';

export type Bar = { hop: Hop; startMs: number; lengthMs: number; sincePreviousMs: number; left: number; width: number };

// The hops of a trace as bars on one scale of time, the earliest first. Kafka's clock knows whole
// milliseconds only, so a hop may seem to come before its cause; it starts at 0 then.
export function waterfall(hops: readonly Hop[]): { bars: Bar[]; totalMs: number } {
  const timed = hops.map((hop) => ({ hop, at: Date.parse(hop.at) + fractionMs(hop.at) })).sort((a, b) => a.at - b.at);
  const start = timed[0]?.at ?? 0;
  const totalMs = Math.max(0.001, ...timed.map(({ at, hop }) => at - start + (hop.seconds ?? 0) * 1000));
  const bars = timed.map(({ hop, at }, index) => {
    const startMs = at - start;
    const lengthMs = (hop.seconds ?? 0) * 1000;
    return {
      hop,
      startMs,
      lengthMs,
      sincePreviousMs: index === 0 ? 0 : at - (timed[index - 1]?.at ?? at),
      left: (startMs / totalMs) * 100,
      width: (lengthMs / totalMs) * 100,
    };
  });
  return { bars, totalMs };
}

// Microseconds, which Date does not read.
function fractionMs(time: string): number {
  const digits = /\.\d{3}(\d{1,6})/.exec(time)?.[1];
  return digits ? Number(`0.${digits}`) : 0;
}
