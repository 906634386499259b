import { infiniteQueryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { api, unwrap } from '../api/client';
import { explain } from '../api/problem';
import type { InventoryLevel } from '../api/types';
import { toastFailure, toastSuccess } from '../components/toasts';
import { plural } from '../lib/format';
import { beginAdjustment, endAdjustment } from './pending_changes';

export const inventoryKeys = {
  all: ['inventory'] as const,
  list: (q: string) => ['inventory', 'list', q] as const,
};

export function inventoryQuery(q: string) {
  return infiniteQueryOptions({
    queryKey: inventoryKeys.list(q),
    queryFn: ({ pageParam, signal }) =>
      unwrap(api.GET('/inventory', { params: { query: { limit: 100, cursor: pageParam, q: q || undefined } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
}

type Adjustment = { level: InventoryLevel; delta: number; reason: string };

export function useAdjustStock() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ level, delta, reason }: Adjustment) =>
      unwrap(
        api.POST('/inventory/{product_id}/adjustments', {
          params: { path: { product_id: level.product_id } },
          body: { delta, reason },
        }),
      ),
    onMutate: ({ level, delta }) => beginAdjustment(level.product_id, delta),
    onSuccess: (_, { level, delta }) =>
      toastSuccess(
        'Stock adjusted',
        `${level.name}: ${plural(Math.abs(delta), 'piece')} ${delta > 0 ? 'added' : 'taken away'}.`,
      ),
    onError: (error, { level }) => toastFailure(`The stock of ${level.name} was not changed`, explain(error)),
    // What was shown ahead goes when the true level is there.
    onSettled: async (_, __, { level, delta }) => {
      await client.invalidateQueries({ queryKey: inventoryKeys.all });
      endAdjustment(level.product_id, delta);
    },
  });
}
