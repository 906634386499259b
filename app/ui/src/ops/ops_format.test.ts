import { describe, expect, it } from 'vitest';

import { behindText, countText, durationText, payloadText, rateText, readable } from './ops_format';

describe('what is not known', () => {
  it('is a dash and never 0', () => {
    expect([countText(null), rateText(null), durationText(null)]).toEqual(['–', '–', '–']);
    expect([countText(0), rateText(0), durationText(0)]).toEqual(['0', '0/s', '0 s']);
  });
});

it('says how far a group is behind', () => {
  expect(behindText({ lag: 0, lag_seconds: 0 })).toBe('up to date');
  expect(behindText({ lag: 1204, lag_seconds: 2.5 })).toBe('1,204 behind, 2.5 s');
  expect(behindText({ lag: 3, lag_seconds: null })).toBe('3 behind, –');
  expect(behindText({ lag: null, lag_seconds: null })).toBe('how far behind is not known');
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
