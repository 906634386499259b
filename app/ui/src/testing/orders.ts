import type { Order } from '../api/types';
import type { OrderNews } from '../realtime/events';

// Ids grow with their number, as UUIDv7 do with time.
export function idOf(number: number): string {
  return `01930000-0000-7000-8000-${String(number).padStart(12, '0')}`;
}

export function anOrder(number: number, change: Partial<Order> = {}): Order {
  return {
    id: idOf(number),
    order_number: `ORD-${String(number).padStart(8, '0')}`,
    user_id: idOf(900),
    status: 'pending',
    items: [
      { product_id: idOf(1), sku: 'CUP', name: 'Cup', quantity: 1, unit_price: { amount_minor: 1450, currency: 'USD' } },
    ],
    total: { amount_minor: 1450, currency: 'USD' },
    shipping_address: null,
    payment: { status: 'pending' },
    order_version: 1,
    created_at: '2026-11-21T12:00:00.000000Z',
    updated_at: '2026-11-21T12:00:00.000000Z',
    ...change,
  };
}

export function someNews(order: OrderNews['order'], change: Partial<OrderNews> = {}): OrderNews {
  return {
    kind: 'order',
    action: 'updated',
    eventId: `${order.id}/${order.order_version}`,
    occurredAt: '2026-11-21T12:00:01.000000Z',
    message: '',
    order,
    previousStatus: undefined,
    ...change,
  };
}
