import { expect, it } from 'vitest';

import { History, kPoints, sumOfKnown } from './history';

const second = (count: number) => new Date(Date.parse('2026-11-21T12:00:00Z') + count * 1000).toISOString();

it('keeps one point for each answer, and not for ever', () => {
  const history = new History();
  for (let count = 0; count < kPoints + 10; count += 1) history.add(second(count), count);
  history.add(second(5), 1);
  const points = history.points.get();
  expect(points).toHaveLength(kPoints);
  expect(points.at(-1)?.value).toBe(kPoints + 9);
});

it('leaves a gap where nothing is known', () => {
  const history = new History();
  history.add(second(0), null);
  expect(history.points.get()[0]?.value).toBeUndefined();
  expect(sumOfKnown([null, null])).toBeNull();
  expect(sumOfKnown([null, 2, 3])).toBe(5);
});
