import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { throttle } from './throttle';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('calls at once, then once at the end of each pause in which it was asked', () => {
  const call = vi.fn();
  const throttled = throttle(call, 1000);
  throttled();
  expect(call).toHaveBeenCalledTimes(1);
  for (let asked = 0; asked < 50; asked += 1) throttled();
  vi.advanceTimersByTime(999);
  expect(call).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  expect(call).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(5000);
  expect(call).toHaveBeenCalledTimes(2);
  throttled();
  expect(call).toHaveBeenCalledTimes(3);
});
