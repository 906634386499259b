import { kLowStock, useStock } from '../data/stock';
import { formatCount } from '../lib/format';
import classes from './stock_label.module.css';

export function stockText(stock: number): string {
  if (stock === 0) return 'Sold out';
  if (stock < kLowStock) return `Only ${formatCount(stock)} left`;
  return 'In stock';
}

// Live: changes under the reader's eyes, and says so to those who listen.
export function StockLabel({ productId, stock, announce = false }: { productId: string; stock: number; announce?: boolean }) {
  const level = useStock(productId, stock);
  const tone = level === 0 ? 'none' : level < kLowStock ? 'low' : 'good';
  return (
    <span className={classes.label} data-tone={tone} data-testid="stock" aria-live={announce ? 'polite' : undefined}>
      <span className={classes.dot} aria-hidden />
      {/* A new key for a new text restarts the highlight. */}
      <span key={stockText(level)} className={level === stock ? undefined : 'flash'}>
        {stockText(level)}
      </span>
    </span>
  );
}
