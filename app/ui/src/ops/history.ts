import { Store } from '../lib/store';

// The last minutes of the figures, for the plots: one point for each answer, bounded.
export const kPoints = 60;
export type Point = { at: number; value: number | undefined };

export class History {
  readonly points = new Store<readonly Point[]>([]);

  add(time: string, value: number | null): void {
    const at = Date.parse(time);
    const last = this.points.get().at(-1);
    // The same answer, seen again.
    if (!Number.isFinite(at) || (last && at <= last.at)) return;
    this.points.update((points) => [...points, { at, value: value ?? undefined }].slice(-kPoints));
  }
}

export const throughput = new History();
export const waiting = new History();

// What is known of some figures, together; null when nothing is.
export function sumOfKnown(values: ReadonlyArray<number | null>): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
}
