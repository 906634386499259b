import { describe, expect, it } from 'vitest';

import { readNews, readSnapshot } from './events';

describe('an event', () => {
  it('means the same to a customer and to an administrator', () => {
    const payload = { event_id: 'e', occurred_at: '2026-11-21T12:00:00Z', order: { id: 'o', order_version: 2, status: 'shipped' } };
    expect(readNews('order:updated', payload)).toEqual(readNews('admin:order:updated', payload));
    expect(readNews('order:updated', payload)).toMatchObject({ kind: 'order', action: 'updated', order: { status: 'shipped' } });
  });

  it.each([
    ['no object', 'order:updated', 'text'],
    ['no id', 'order:updated', { order: { id: 'o', order_version: 1 } }],
    ['no order', 'order:updated', { event_id: 'e' }],
    ['a version that is no number', 'order:updated', { event_id: 'e', order: { id: 'o', order_version: '1' } }],
    ['no stock version', 'inventory:updated', { event_id: 'e', product_id: 'p', stock: 1 }],
    ['a name that nobody knows', 'order:exploded', { event_id: 'e' }],
    ['an alert of no known type', 'admin:alert', { event_id: 'e', type: 'fire' }],
  ])('with %s is dropped', (_, name, payload) => {
    expect(readNews(name, payload)).toBeUndefined();
  });

  it('loses what has the wrong type, and keeps the rest', () => {
    const news = readNews('order:created', { event_id: 'e', order: { id: 'o', order_version: 1, status: 'odd', total: 5 } });
    expect(news).toMatchObject({ order: { id: 'o', order_version: 1 } });
    expect(news).not.toHaveProperty('order.status');
    expect(news).not.toHaveProperty('order.total');
  });
});

it('reads the levels of a snapshot and leaves out what makes no sense', () => {
  const levels = readSnapshot({ products: [{ product_id: 'p', stock: 3, stock_version: 9 }, { product_id: 'q' }, null] });
  expect([...levels]).toEqual([['p', { stock: 3, stockVersion: 9 }]]);
  expect(readSnapshot(undefined).size).toBe(0);
});
