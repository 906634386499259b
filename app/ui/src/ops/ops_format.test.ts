import { describe, expect, it } from 'vitest';

import { bytesText, countText, durationText, payloadLine, payloadText, rateText } from './ops_format';

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

it('shows a payload for people, whole and on one line', () => {
  expect(payloadText({ a: 1 })).toBe('{\n  "a": 1\n}');
  expect(payloadLine({ a: 1 })).toBe('{"a":1}');
  expect(payloadText('no json')).toBe('no json');
  expect(bytesText(1536)).toBe('1.5 KiB');
});
