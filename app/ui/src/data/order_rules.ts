import { orderStatusValues } from '../api/schema.gen';
import type { Order, OrderStatus } from '../api/types';

// What an administrator may ask for from each status. `confirmed` and `rejected` are the system's own.
const kNext: Record<OrderStatus, readonly OrderStatus[]> = {
  pending: ['cancelled'],
  confirmed: ['processing', 'cancelled'],
  processing: ['shipped', 'cancelled'],
  shipped: ['delivered'],
  delivered: [],
  rejected: [],
  cancelled: [],
};

export function nextStatuses(status: OrderStatus): readonly OrderStatus[] {
  return kNext[status];
}

export function canCancel(status: OrderStatus): boolean {
  return kNext[status].includes('cancelled');
}

export function isFinal(status: OrderStatus): boolean {
  return kNext[status].length === 0;
}

export const kStatusLabels: Record<OrderStatus, string> = {
  pending: 'Pending',
  confirmed: 'Confirmed',
  processing: 'Processing',
  shipped: 'Shipped',
  delivered: 'Delivered',
  rejected: 'Rejected',
  cancelled: 'Cancelled',
};

export const kAllStatuses: readonly OrderStatus[] = orderStatusValues;

// The verb on a button that leads to the status.
export const kStatusActions: Partial<Record<OrderStatus, string>> = {
  processing: 'Start processing',
  shipped: 'Mark shipped',
  delivered: 'Mark delivered',
  cancelled: 'Cancel order',
};

export function countItems(order: Pick<Order, 'items'>): number {
  return order.items.reduce((sum, { quantity }) => sum + quantity, 0);
}
