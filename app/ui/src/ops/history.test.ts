import { expect, it } from 'vitest';

import type { Stats } from './contract';
import { History, kPoints } from './history';

const stats = (second: number, rate: number | null): Stats => ({
  at: new Date(Date.parse('2026-11-21T12:00:00Z') + second * 1000).toISOString(),
  records_per_second: rate,
  handler_seconds: null,
  end_to_end_seconds: null,
  lag_messages: null,
  lag_seconds: null,
  dead_letters: null,
  outbox: { depth: null, age_seconds: null },
  workers: null,
});

it('keeps one point for each answer, and not for ever', () => {
  const history = new History();
  for (let second = 0; second < kPoints + 10; second += 1) history.add(stats(second, second));
  history.add(stats(5, 1));
  const points = history.points.get();
  expect(points).toHaveLength(kPoints);
  expect(points.at(-1)?.rate).toBe(kPoints + 9);
});

it('leaves a gap where nothing is known', () => {
  const history = new History();
  history.add(stats(0, null));
  expect(history.points.get()[0]?.rate).toBeUndefined();
});
