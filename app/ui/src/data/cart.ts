import { useMemo } from 'react';

import { isObject, readStored, writeStored } from '../lib/storage';
import { Store, useSelected, useStore } from '../lib/store';

export type CartLine = { productId: string; quantity: number };

// In this browser only; what is ordered is decided when the order is placed.
const kKey = 'carafe.cart';
export const kMostOfOne = 10_000;
export const kMostLines = 100;

export const cart = new Store<readonly CartLine[]>(readStored(kKey, isCart) ?? []);
cart.subscribe(() => writeStored(kKey, cart.get()));
// Other tabs of the same browser share the cart.
window.addEventListener('storage', (event) => {
  if (event.key === kKey) cart.set(readStored(kKey, isCart) ?? []);
});

function isCart(value: unknown): value is CartLine[] {
  return (
    Array.isArray(value) &&
    value.every((line) => isObject(line) && typeof line.productId === 'string' && Number.isSafeInteger(line.quantity))
  );
}

export function addToCart(productId: string, quantity: number): void {
  const line = cart.get().find((each) => each.productId === productId);
  setQuantity(productId, (line?.quantity ?? 0) + quantity);
}

// Zero takes the line out.
export function setQuantity(productId: string, quantity: number): void {
  const wanted = Math.min(Math.max(Math.trunc(quantity), 0), kMostOfOne);
  cart.update((lines) => {
    if (wanted === 0) return lines.filter((line) => line.productId !== productId);
    if (!lines.some((line) => line.productId === productId)) {
      return lines.length >= kMostLines ? lines : [...lines, { productId, quantity: wanted }];
    }
    return lines.map((line) => (line.productId === productId ? { productId, quantity: wanted } : line));
  });
}

export function emptyCart(): void {
  cart.set([]);
}

export function useCart(): readonly CartLine[] {
  return useStore(cart);
}

export function useCartCount(): number {
  const lines = useCart();
  return useMemo(() => lines.reduce((sum, { quantity }) => sum + quantity, 0), [lines]);
}

export function useQuantityInCart(productId: string): number {
  return useSelected(cart, (lines) => lines.find((line) => line.productId === productId)?.quantity ?? 0);
}
