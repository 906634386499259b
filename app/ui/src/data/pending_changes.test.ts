import { describe, expect, it } from 'vitest';

import { anOrder } from '../testing/orders';
import { beginChange, endChange, pendingChanges, settleChange } from './pending_changes';

describe('a change under way', () => {
  it('is taken back when it is refused', () => {
    const order = anOrder(1);
    beginChange(order, 'cancelled');
    expect(pendingChanges.get().get(order.id)?.status).toBe('cancelled');
    endChange(order.id);
    expect(pendingChanges.get().has(order.id)).toBe(false);
  });

  it('ends with the first newer version, and not with one that was known', () => {
    const order = anOrder(2, { order_version: 3 });
    beginChange(order, 'shipped');
    settleChange(order.id, 3);
    expect(pendingChanges.get().has(order.id)).toBe(true);
    settleChange(order.id, 4);
    expect(pendingChanges.get().has(order.id)).toBe(false);
  });
});
