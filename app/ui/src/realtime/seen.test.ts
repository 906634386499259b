import { expect, it } from 'vitest';

import { Seen } from './seen';

it('knows an id again, until as many others have come as it remembers', () => {
  const seen = new Seen(2);
  expect(seen.add('a')).toBe(true);
  expect(seen.add('a')).toBe(false);
  seen.add('b');
  seen.add('c');
  expect(seen.add('b')).toBe(false);
  expect(seen.add('a')).toBe(true);
});
