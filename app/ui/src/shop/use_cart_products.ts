import { useQueries } from '@tanstack/react-query';
import { useMemo } from 'react';

import type { Money, Product } from '../api/types';
import { isStatus } from '../api/problem';
import { useCart } from '../data/cart';
import { productQuery } from '../data/products';
import { stockLevels } from '../data/stock';
import { sumOf, times } from '../lib/format';
import { useStore } from '../lib/store';

export type FilledLine = {
  productId: string;
  quantity: number;
  product: Product | undefined;
  isGone: boolean;
  // The live stock; undefined until it is known.
  stock: number | undefined;
};

// The cart with what the shop knows about its products now.
export function useCartProducts() {
  const lines = useCart();
  const levels = useStore(stockLevels);
  const queries = useQueries({ queries: lines.map(({ productId }) => productQuery(productId)) });
  const filled: FilledLine[] = lines.map((line, index) => {
    const query = queries[index];
    const product = query?.data?.product;
    return {
      ...line,
      product,
      isGone: isStatus(query?.error, 404),
      stock: levels.get(line.productId)?.stock ?? product?.stock,
    };
  });
  const failed = queries.find((query) => query.isError && !isStatus(query.error, 404));
  const isLoading = queries.some((query) => query.isPending);
  const total: Money | undefined = useMemo(
    () => sumOf(filled.flatMap(({ product, quantity }) => (product ? [times(product.price, quantity)] : []))),
    [filled],
  );
  return {
    lines: filled,
    total,
    isLoading,
    error: failed?.error,
    retry: () => queries.forEach((query) => query.isError && void query.refetch()),
  };
}

export function isShort({ stock, quantity }: FilledLine): boolean {
  return stock !== undefined && stock < quantity;
}
