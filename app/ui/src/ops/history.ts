import { Store } from '../lib/store';
import type { Stats } from './contract';

// The last minutes of the figures, for the plots: one point for each answer, bounded.
export const kPoints = 90;
export type Point = { at: number; rate: number | undefined; p50: number | undefined; p99: number | undefined; lag: number | undefined };

export class History {
  readonly points = new Store<readonly Point[]>([]);

  add(stats: Stats): void {
    const at = Date.parse(stats.at);
    const last = this.points.get().at(-1);
    // The same answer, seen again.
    if (!Number.isFinite(at) || (last && at <= last.at)) return;
    const point: Point = {
      at,
      rate: stats.records_per_second ?? undefined,
      p50: stats.handler_seconds?.p50,
      p99: stats.handler_seconds?.p99,
      lag: stats.lag_messages ?? undefined,
    };
    this.points.update((points) => [...points, point].slice(-kPoints));
  }
}

export const history = new History();
