import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';

import { api, unwrap, unwrapAnswer } from '../api/client';
import type { Product } from '../api/types';

export const productKeys = {
  all: ['products'] as const,
  lists: ['products', 'list'] as const,
  list: (q: string) => ['products', 'list', q] as const,
  detail: (id: string) => ['products', 'detail', id] as const,
};

export function productsQuery(q: string) {
  return infiniteQueryOptions({
    queryKey: productKeys.list(q),
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/products', { params: { query: { limit: 100, cursor: pageParam, q: q || undefined } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

// The tag names the version that was read; an edit must be based on it.
export type TaggedProduct = { product: Product; etag: string };

export function productQuery(id: string) {
  return queryOptions({
    queryKey: productKeys.detail(id),
    queryFn: ({ signal }) => fetchProduct(id, signal),
  });
}

export async function fetchProduct(id: string, signal?: AbortSignal): Promise<TaggedProduct> {
  const { data, response } = await unwrapAnswer(api.GET('/products/{id}', { params: { path: { id } }, signal }));
  return { product: data, etag: response.headers.get('ETag') ?? '' };
}
