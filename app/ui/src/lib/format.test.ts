import { describe, expect, it } from 'vitest';

import { amountText, formatAgo, formatMoney, formatMoneyShort, parseAmount } from './format';
import { roundMaximum } from './scale';

describe('money', () => {
  it('is written as its currency is', () => {
    expect(formatMoney({ amount_minor: 2999, currency: 'USD' })).toBe('$29.99');
    expect(formatMoney({ amount_minor: 2999, currency: 'JPY' })).toBe('¥2,999');
    expect(formatMoneyShort({ amount_minor: 49_048, currency: 'USD' })).toBe('$490');
    expect(formatMoneyShort({ amount_minor: 1_240_000, currency: 'USD' })).toBe('$12.4K');
  });

  it('is read without a loss, and comes back as it was', () => {
    for (const minor of [0, 5, 99, 100, 1_000_000_000_000]) {
      expect(parseAmount(amountText({ amount_minor: minor, currency: 'USD' }), 'USD')).toBe(minor);
    }
    expect(parseAmount('1,234.5', 'USD')).toBe(123_450);
    expect(parseAmount('0.29', 'USD')).toBe(29);
  });
});

it('says how long ago something was', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  expect(formatAgo('2026-11-21T11:59:50Z', now)).toBe('just now');
  expect(formatAgo('2026-11-21T11:55:00Z', now)).toBe('5 min. ago');
});

it.each([
  [0, 4],
  [3, 4],
  [4, 4],
  [5, 8],
  [460, 800],
  [9, 12],
])('has an axis for %d that ends at %d', (highest, end) => {
  expect(roundMaximum(highest, 4)).toBe(end);
});
