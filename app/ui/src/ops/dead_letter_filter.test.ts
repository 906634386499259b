import { describe, expect, it } from 'vitest';

import { fullFilter, readPatch } from './dead_letter_filter';

describe('the filter of dead letters', () => {
  it('holds the cause and what was typed, both', () => {
    expect(fullFilter('', '')).toBe('');
    expect(fullFilter('', 'age > 1h')).toBe('age > 1h');
    expect(fullFilter('ab12', '')).toBe('fingerprint = "ab12"');
    expect(fullFilter('ab12', 'age > 1h or key = "k"')).toBe('fingerprint = "ab12" and (age > 1h or key = "k")');
  });

  it('cannot be left by a quotation mark', () => {
    expect(fullFilter('a"b', '')).toBe('fingerprint = "a\\"b"');
  });
});

describe('a patch', () => {
  it('may be left out', () => {
    expect(readPatch('  ')).toEqual({});
  });

  it('is a list of operations', () => {
    const patch = [{ op: 'replace', path: '/order_id', value: 'x' }];
    expect(readPatch(JSON.stringify(patch))).toEqual({ patch });
  });

  it.each(['{', '{"op":"add"}', '[]', '[1]', '[{"op":"add"}]'])('is not %s', (text) => {
    expect(readPatch(text).problem).toBeDefined();
  });
});
