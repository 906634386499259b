import type { StockLevel, StockNews } from '../realtime/events';
import { Store, useSelected } from '../lib/store';

// The live stock of products, beside what the API told when it was asked. Only a higher version
// replaces a level: events come at least once, and not always in order.
export const stockLevels = new Store<ReadonlyMap<string, StockLevel>>(new Map());

export function applyStock(levels: Iterable<[string, StockLevel]>): void {
  const current = stockLevels.get();
  let next: Map<string, StockLevel> | undefined;
  for (const [productId, level] of levels) {
    const known = (next ?? current).get(productId);
    if (known && known.stockVersion >= level.stockVersion) continue;
    next ??= new Map(current);
    next.set(productId, level);
  }
  if (next) stockLevels.set(next);
}

export function applyStockNews(news: readonly StockNews[]): void {
  applyStock(news.map((each) => [each.productId, { stock: each.stock, stockVersion: each.stockVersion }]));
}

// The live level when there is one, else what was fetched.
export function useStock(productId: string, fetched: number): number {
  return useSelected(stockLevels, (levels) => levels.get(productId)?.stock) ?? fetched;
}

// From this number down the shop says how many are left; administrators are warned below it.
export const kLowStock = 10;
