import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { describe, expect, it } from 'vitest';

import { anOrder, idOf, someNews } from '../testing/orders';
import type { OrderPages } from './order_cache';
import { applyOrderNews, applyToPages, foldNews, mergeOrder, nextPageParam, orderKeys, replaceRows, trimPages } from './order_cache';

function pagesOf(...numbers: number[]): OrderPages {
  return { pageParams: [{}], pages: [{ data: numbers.map((number) => anOrder(number)), next_cursor: 'next' }] };
}
const told = (...news: ReturnType<typeof someNews>[]) => foldNews(news);
const ids = (pages: OrderPages) => pages.pages.flatMap((page) => page.data.map(({ id }) => id));

describe('an event about an order', () => {
  it('changes it when its version is higher', () => {
    const merged = mergeOrder(anOrder(1), { id: idOf(1), order_version: 2, status: 'confirmed' });
    expect(merged).toMatchObject({ status: 'confirmed', order_version: 2, total: { amount_minor: 1450 } });
  });

  it('changes nothing when it comes again or late', () => {
    const known = anOrder(1, { order_version: 3, status: 'processing' });
    expect(mergeOrder(known, { id: idOf(1), order_version: 3, status: 'confirmed' })).toBe(known);
    expect(mergeOrder(known, { id: idOf(1), order_version: 2, status: 'confirmed' })).toBe(known);
  });

  it('counts by version within a burst, not by arrival', () => {
    const folded = told(
      someNews({ id: idOf(1), order_version: 3, status: 'processing' }),
      someNews({ id: idOf(1), order_version: 2, status: 'confirmed' }),
    );
    expect(folded.get(idOf(1))).toMatchObject({ order_version: 3, status: 'processing' });
  });
});

describe('a list of orders', () => {
  it('shows a new order on top', () => {
    const created = someNews({ ...anOrder(9) }, { action: 'created' });
    expect(ids(applyToPages(pagesOf(5, 4), told(created), {}))).toEqual([idOf(9), idOf(5), idOf(4)]);
  });

  it('keeps a row in its place when its status no longer matches the filter', () => {
    const changed = someNews({ id: idOf(4), order_version: 2, status: 'confirmed' });
    const pages = applyToPages(pagesOf(5, 4), told(changed), { status: 'pending' });
    expect(ids(pages)).toEqual([idOf(5), idOf(4)]);
    expect(pages.pages[0]?.data[1]?.status).toBe('confirmed');
  });

  it('takes in no new order that the filter leaves out', () => {
    const created = someNews({ ...anOrder(9) }, { action: 'created' });
    const pages = pagesOf(5, 4);
    expect(applyToPages(pages, told(created), { status: 'shipped' })).toBe(pages);
  });

  it('takes in no order that belongs to a page further down', () => {
    const old = someNews({ ...anOrder(2), order_version: 4 });
    const pages = pagesOf(5, 4);
    expect(applyToPages(pages, told(old), {})).toBe(pages);
  });

  it('stays the same object when an event changes none of its rows', () => {
    const pages = pagesOf(5, 4);
    expect(applyToPages(pages, told(someNews({ id: idOf(77), order_version: 2, status: 'shipped' })), {})).toBe(pages);
  });

  it('is cut to its newest rows, and goes on by time from the last of them', () => {
    const many = pagesOf(...Array.from({ length: 900 }, (_, index) => 900 - index));
    const trimmed = trimPages(many);
    expect(ids(trimmed)).toHaveLength(500);
    const page = trimmed.pages[0];
    expect(page && nextPageParam(page)).toEqual({ to: page?.data.at(-1)?.created_at });
  });

  it('keeps its newest rows alone while nobody looks at it', () => {
    const client = new QueryClient();
    const queryKey = orderKeys.list({});
    client.setQueryData(queryKey, pagesOf(...Array.from({ length: 1000 }, (_, index) => 1000 - index)));
    const order = (number: number) => someNews({ ...anOrder(number) }, { action: 'created' });
    const rows = () => ids(client.getQueryData<OrderPages>(queryKey) ?? pagesOf());

    const leave = new QueryObserver(client, { queryKey, enabled: false }).subscribe(() => undefined);
    applyOrderNews(client, [order(1001)]);
    expect(rows()).toHaveLength(1001);

    leave();
    applyOrderNews(client, [order(1002)]);
    expect(rows()).toHaveLength(500);
    expect(rows()[0]).toBe(idOf(1002));
    client.clear();
  });

  it('is completed by what was fetched, but not set back by it', () => {
    const pages = applyToPages(pagesOf(5, 4), told(someNews({ id: idOf(4), order_version: 2, status: 'confirmed' })), {});
    const customer = { name: 'Ada', email: 'ada@example.com' };
    const completed = replaceRows(pages, [anOrder(5, { customer }), anOrder(4, { customer })]);
    expect(completed.pages[0]?.data[0]?.customer).toEqual(customer);
    expect(completed.pages[0]?.data[1]).toMatchObject({ status: 'confirmed', order_version: 2 });
  });
});
