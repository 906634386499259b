import { describe, expect, it } from 'vitest';

import { countText, durationText, payloadText, rateText, readable } from './ops_format';

describe('what is not known', () => {
  it('is a dash and never 0', () => {
    expect([countText(null), rateText(null), durationText(null)]).toEqual(['–', '–', '–']);
    expect([countText(0), rateText(0), durationText(0)]).toEqual(['0', '0/s', '0 s']);
  });
});

it.each([
  [0.0032, '3.2 ms'],
  [0.45, '450 ms'],
  [2.5, '2.5 s'],
  [200, '3 min 20 s'],
  [7500, '2 h 5 min'],
  [273_600, '3 d 4 h'],
  [60, '1 min'],
])('says %d seconds as %s', (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

it('shows a payload for people', () => {
  expect(payloadText(readable('{"a":1}'))).toBe('{\n  "a": 1\n}');
  expect(payloadText(readable('no json'))).toBe('no json');
  expect(payloadText(readable(null))).toBe('');
});
