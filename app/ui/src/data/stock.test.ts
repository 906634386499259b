import { expect, it } from 'vitest';

import { applyStock, stockLevels } from './stock';

it('keeps the stock of the highest version, in whatever order levels arrive', () => {
  applyStock([['a', { stock: 5, stockVersion: 7 }]]);
  applyStock([['a', { stock: 6, stockVersion: 6 }]]);
  applyStock([['a', { stock: 99, stockVersion: 7 }]]);
  expect(stockLevels.get().get('a')).toEqual({ stock: 5, stockVersion: 7 });
  const before = stockLevels.get();
  applyStock([['a', { stock: 1, stockVersion: 2 }]]);
  expect(stockLevels.get()).toBe(before);
});
