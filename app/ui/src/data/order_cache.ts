import type { InfiniteData, QueryClient } from '@tanstack/react-query';

import type { Order, OrderPage, OrderQuery } from '../api/types';
import type { OrderNews } from '../realtime/events';

// How live events change what queries hold: pure functions, then their application to a client.

export type ToldOrder = OrderNews['order'];
export type PageParam = { cursor?: string; to?: string };
export type OrderPages = InfiniteData<OrderPage, PageParam>;
export type OrderFilter = Pick<OrderQuery, 'status' | 'q' | 'from' | 'to' | 'user_id'>;

export const orderKeys = {
  all: ['orders'] as const,
  lists: ['orders', 'list'] as const,
  list: (filter: OrderFilter) => ['orders', 'list', filter] as const,
  detail: (id: string) => ['orders', 'detail', id] as const,
  events: (id: string) => ['orders', 'events', id] as const,
};

// The newer of the two, told fields over known ones.
export function mergeOrder(known: Order, told: ToldOrder): Order {
  return told.order_version > known.order_version ? { ...known, ...told } : known;
}

// An order that only events have told of. What order.created leaves out is what every new order has.
export function orderFromNews(told: ToldOrder): Order | undefined {
  const { order_number, user_id, status, items, total, created_at } = told;
  if (!order_number || !user_id || !status || !items || !total || !created_at) return undefined;
  return {
    shipping_address: null,
    payment: { status: 'pending' },
    updated_at: created_at,
    ...told,
    order_number,
    user_id,
    status,
    items,
    total,
    created_at,
  };
}

export function matchesFilter(order: Order, filter: OrderFilter): boolean {
  if (filter.status && filter.status !== order.status) return false;
  if (filter.user_id && filter.user_id !== order.user_id) return false;
  // As the API searches: in the number and the customer's address.
  const searched = `${order.order_number} ${order.customer?.email ?? ''}`.toLowerCase();
  if (filter.q && !searched.includes(filter.q.toLowerCase())) return false;
  const created = Date.parse(order.created_at);
  if (filter.from && created < Date.parse(filter.from)) return false;
  return !(filter.to && created >= Date.parse(filter.to));
}

// A list must not grow for as long as the page is open. While nobody looks at it, or at its top alone,
// it loses its far end early; who has scrolled down keeps it longer.
export const kManyRows = 1000;
const kMostRows = 15_000;
const kRowsKept = 500;

// `told`: the newest of each order. Rows that no longer match the filter stay where they are, so that
// nothing jumps away under somebody's pointer.
export function applyToPages(
  pages: OrderPages,
  told: ReadonlyMap<string, ToldOrder>,
  filter: OrderFilter,
  mostRows = kMostRows,
): OrderPages {
  const left = new Map(told);
  let changed = false;
  let rows = 0;
  const next = pages.pages.map((page) => {
    rows += page.data.length;
    if (left.size === 0) return page;
    let data: Order[] | undefined;
    page.data.forEach((order, index) => {
      const news = left.get(order.id);
      if (!news) return;
      left.delete(order.id);
      const merged = mergeOrder(order, news);
      if (merged === order) return;
      data ??= [...page.data];
      data[index] = merged;
    });
    if (!data) return page;
    changed = true;
    return { ...page, data };
  });
  const first = next[0];
  const newest = first?.data[0]?.id ?? '';
  // Ids are UUIDv7: what is greater than the first row is newer. Older ones belong to later pages.
  const created = [...left.values()]
    .filter((each) => each.id > newest)
    .map(orderFromNews)
    .filter((order) => order !== undefined)
    .filter((order) => matchesFilter(order, filter))
    .sort((a, b) => (a.id < b.id ? 1 : -1));
  if (first && created.length > 0) {
    changed = true;
    next[0] = { ...first, data: [...created, ...first.data] };
    rows += created.length;
  }
  if (!changed) return pages;
  return rows > mostRows ? trimPages({ ...pages, pages: next }) : { ...pages, pages: next };
}

// Keeps the newest rows as one page; what follows is found by time, since a cursor names a page's end.
export function trimPages(pages: OrderPages): OrderPages {
  const data = pages.pages.flatMap((page) => page.data).slice(0, kRowsKept);
  return { pageParams: [{}], pages: [{ data, next_cursor: null, trimmed: true } as OrderPage] };
}

export function nextPageParam(page: OrderPage): PageParam | undefined {
  if ('trimmed' in page) {
    const last = page.data.at(-1);
    return last && { to: last.created_at };
  }
  return page.next_cursor === null ? undefined : { cursor: page.next_cursor };
}

// The newest word on each order of a burst.
export function foldNews(news: readonly OrderNews[]): Map<string, ToldOrder> {
  const told = new Map<string, ToldOrder>();
  for (const { order } of news) {
    const known = told.get(order.id);
    if (!known) told.set(order.id, order);
    else if (order.order_version > known.order_version) told.set(order.id, { ...known, ...order });
  }
  return told;
}

// Rows as the API tells them now, where they are not older than what is shown: events leave out who
// the customer is.
export function replaceRows(pages: OrderPages, orders: readonly Order[]): OrderPages {
  const left = new Map(orders.map((order) => [order.id, order]));
  return {
    ...pages,
    pages: pages.pages.map((page) => {
      if (!page.data.some(({ id }) => left.has(id))) return page;
      const data = page.data.map((order) => {
        const fetched = left.get(order.id);
        return fetched && fetched.order_version >= order.order_version ? fetched : order;
      });
      return { ...page, data };
    }),
  };
}

// What events told lately. An answer that was under way while an event came must not undo it.
const kRemembered = 2000;
const recent = new Map<string, ToldOrder>();

function remember(told: ReadonlyMap<string, ToldOrder>): void {
  for (const [id, order] of told) {
    recent.delete(id);
    recent.set(id, order);
  }
  for (const id of recent.keys()) {
    if (recent.size <= kRemembered) break;
    recent.delete(id);
  }
}

export function freshen(order: Order): Order {
  const told = recent.get(order.id);
  return told ? mergeOrder(order, told) : order;
}

export function forgetOrders(): void {
  recent.clear();
}

function tellLists(client: QueryClient, told: ReadonlyMap<string, ToldOrder>): void {
  for (const query of client.getQueryCache().findAll({ queryKey: orderKeys.lists })) {
    const filter = (query.queryKey[2] ?? {}) as OrderFilter;
    const mostRows = query.getObserversCount() > 0 ? kMostRows : kManyRows;
    client.setQueryData<OrderPages>(query.queryKey, (pages) => pages && applyToPages(pages, told, filter, mostRows));
  }
}

export function applyOrderNews(client: QueryClient, news: readonly OrderNews[]): void {
  const told = foldNews(news);
  remember(told);
  for (const [id, order] of told) {
    if (client.getQueryState(orderKeys.detail(id))?.data === undefined) continue;
    client.setQueryData<Order>(orderKeys.detail(id), (known) => known && mergeOrder(known, order));
    // Events tell the essentials; the page of one order shows all of it.
    void client.invalidateQueries({ queryKey: orderKeys.detail(id) });
    void client.invalidateQueries({ queryKey: orderKeys.events(id) });
  }
  tellLists(client, told);
}

// A whole order, as an answer of the API tells it.
export function applyOrder(client: QueryClient, order: Order): void {
  client.setQueryData<Order>(orderKeys.detail(order.id), (known) =>
    known && known.order_version > order.order_version ? known : order,
  );
  const told = new Map([[order.id, order]]);
  remember(told);
  tellLists(client, told);
  void client.invalidateQueries({ queryKey: orderKeys.events(order.id) });
}
