import type { QueryClient } from '@tanstack/react-query';
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { api, unwrap, unwrapAnswer } from '../api/client';
import { explain } from '../api/problem';
import type { Order, OrderForm, OrderPage, OrderStatus } from '../api/types';
import { toastFailure, toastOrderStatus } from '../components/toasts';
import type { OrderFilter, OrderPages, PageParam } from './order_cache';
import { applyOrder, freshen, nextPageParam, orderKeys, replaceRows, trimPages } from './order_cache';
import { kStatusLabels } from './order_rules';
import { beginChange, endChange, pendingChanges } from './pending_changes';

export const kOrdersPerPage = 100;
const kFirstPage: PageParam = {};

export function ordersQuery(filter: OrderFilter, limit = kOrdersPerPage) {
  return infiniteQueryOptions({
    queryKey: orderKeys.list(filter),
    queryFn: async ({ pageParam, signal }) => {
      const query = { ...filter, ...pageParam, limit };
      const page = await unwrap(api.GET('/orders', { params: { query }, signal }));
      return { ...page, data: page.data.map(freshen) };
    },
    initialPageParam: kFirstPage,
    getNextPageParam: nextPageParam,
    // Comparing thousands of rows field by field after each event would cost more than it saves.
    structuralSharing: false,
  });
}

// All rows of a list once: a page found by time may repeat the last row of the one before.
export function rowsOf(pages: { pages: readonly OrderPage[] } | undefined): Order[] {
  const seen = new Set<string>();
  return (pages?.pages ?? []).flatMap((page) =>
    page.data.filter(({ id }) => !seen.has(id) && seen.add(id)),
  );
}

// Completes the newest rows of a list that began as events.
export async function completeNewest(client: QueryClient, filter: OrderFilter): Promise<void> {
  const page = await unwrap(api.GET('/orders', { params: { query: { ...filter, limit: kOrdersPerPage } } }));
  client.setQueryData<OrderPages>(orderKeys.list(filter), (pages) => pages && replaceRows(pages, page.data));
}

export function trimList(client: QueryClient, filter: OrderFilter): void {
  client.setQueryData<OrderPages>(orderKeys.list(filter), (pages) => pages && trimPages(pages));
}

export function orderQuery(client: QueryClient, id: string) {
  return queryOptions({
    queryKey: orderKeys.detail(id),
    queryFn: async ({ signal }) => {
      const order = freshen(await unwrap(api.GET('/orders/{id}', { params: { path: { id } }, signal })));
      const known = client.getQueryData<Order>(orderKeys.detail(id));
      return known && known.order_version > order.order_version ? known : order;
    },
  });
}

export function orderEventsQuery(id: string) {
  return queryOptions({
    queryKey: orderKeys.events(id),
    queryFn: async ({ signal }) =>
      (await unwrap(api.GET('/orders/{id}/events', { params: { path: { id }, query: { limit: 100 } }, signal }))).data,
  });
}

export function usePlaceOrder() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ form, key }: { form: OrderForm; key: string }) =>
      unwrap(api.POST('/orders', { body: form, params: { header: { 'Idempotency-Key': key } } })),
    onSuccess: (order) => applyOrder(client, order),
  });
}

// How long an answer may take before the change counts as under way, and then before we ask again.
const kWaitSeconds = 5;
const kLostAfter = 15_000;

type StatusChange = { order: Order; status: OrderStatus };

// Shown at once; taken back with an explanation when the server refuses or cannot be reached.
export function useChangeStatus() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ order, status }: StatusChange) => {
      const params = { path: { id: order.id }, header: { Prefer: `wait=${kWaitSeconds}` } };
      return unwrapAnswer<Order | { command_id: string; order: Order }>(
        status === 'cancelled'
          ? api.POST('/orders/{id}/cancel', { params })
          : api.PATCH('/orders/{id}/status', { params, body: { status } }),
      );
    },
    onMutate: ({ order, status }) => beginChange(order, status),
    onSuccess: ({ data }, { order, status }) => {
      if ('command_id' in data) {
        // Under way: the event will settle it. Should none come, the truth is asked for.
        setTimeout(() => giveUpWaiting(client, order.id, status), kLostAfter);
        return;
      }
      applyOrder(client, data);
      endChange(order.id);
      toastOrderStatus(data);
    },
    onError: (error, { order, status }) => {
      endChange(order.id);
      const known = client.getQueryData<Order>(orderKeys.detail(order.id)) ?? order;
      toastFailure(
        `${order.order_number} was not ${status === 'cancelled' ? 'cancelled' : 'changed'}`,
        `${explain(error)} It is still ${kStatusLabels[known.status].toLowerCase()}.`,
      );
      void client.invalidateQueries({ queryKey: orderKeys.detail(order.id) });
    },
  });
}

function giveUpWaiting(client: QueryClient, orderId: string, status: OrderStatus): void {
  if (pendingChanges.get().get(orderId)?.status !== status) return;
  endChange(orderId);
  void client.invalidateQueries({ queryKey: orderKeys.all });
}
