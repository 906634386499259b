import type { Order, OrderStatus } from '../api/types';
import { Store, useSelected } from '../lib/store';

// Changes that were asked for and not answered yet. They lie over what the server said, so undoing one
// is taking it away: there is nothing to restore, and no live event is overwritten.
export type PendingChange = { status: OrderStatus; overVersion: number };

export const pendingChanges = new Store<ReadonlyMap<string, PendingChange>>(new Map());

export function beginChange(order: Pick<Order, 'id' | 'order_version'>, status: OrderStatus): void {
  pendingChanges.update((changes) => new Map(changes).set(order.id, { status, overVersion: order.order_version }));
}

export function endChange(orderId: string): void {
  pendingChanges.update((changes) => {
    if (!changes.has(orderId)) return changes;
    const rest = new Map(changes);
    rest.delete(orderId);
    return rest;
  });
}

// The server has told of a newer version: what it says counts from now on.
export function settleChange(orderId: string, version: number): PendingChange | undefined {
  const change = pendingChanges.get().get(orderId);
  if (change && version > change.overVersion) endChange(orderId);
  return change;
}

export function usePendingStatus(orderId: string): OrderStatus | undefined {
  return useSelected(pendingChanges, (changes) => changes.get(orderId)?.status);
}

// Stock adjustments under way, by product.
export const pendingAdjustments = new Store<ReadonlyMap<string, number>>(new Map());

export function beginAdjustment(productId: string, delta: number): void {
  pendingAdjustments.update((all) => new Map(all).set(productId, (all.get(productId) ?? 0) + delta));
}

export function endAdjustment(productId: string, delta: number): void {
  pendingAdjustments.update((all) => {
    const rest = new Map(all);
    const left = (rest.get(productId) ?? 0) - delta;
    if (left === 0) rest.delete(productId);
    else rest.set(productId, left);
    return rest;
  });
}

export function usePendingAdjustment(productId: string): number {
  return useSelected(pendingAdjustments, (all) => all.get(productId) ?? 0);
}
