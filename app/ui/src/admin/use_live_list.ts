import type { QueryClient } from '@tanstack/react-query';
import type { RefObject } from 'react';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';

import type { Order } from '../api/types';
import type { OrderFilter } from '../data/order_cache';
import { kManyRows } from '../data/order_cache';
import { completeNewest, trimList } from '../data/orders';

const kCompleteEvery = 2000;
// So far from the top a list counts as being read, and what is new must not push it away.
const kAtTop = 8;
const kLooked = 100;

type Options = {
  client: QueryClient;
  filter: OrderFilter;
  rows: readonly Order[];
  rowHeight: number;
  scroller: RefObject<HTMLDivElement | null>;
};

// A list whose new rows come in at its top, while somebody may be reading further down.
export function useLiveList({ client, filter, rows, rowHeight, scroller }: Options) {
  const [newAbove, setNewAbove] = useState(0);
  const firstId = useRef(rows[0]?.id);

  useLayoutEffect(() => {
    const before = firstId.current;
    firstId.current = rows[0]?.id;
    const element = scroller.current;
    if (!element || before === undefined || before === rows[0]?.id) return;
    const added = rows.findIndex(({ id }) => id === before);
    if (added <= 0) return;
    if (element.scrollTop > kAtTop) {
      element.scrollBy({ top: added * rowHeight });
      setNewAbove((count) => count + added);
    } else if (rows.length > kManyRows) {
      trimList(client, filter);
    }
  }, [client, filter, rows, rowHeight, scroller]);

  useCompleteRows(client, filter, rows);

  return {
    newAbove,
    onScrolled: (top: number) => top <= kAtTop && setNewAbove(0),
    toTop: () => scroller.current?.scrollTo({ top: 0, behavior: 'smooth' }),
  };
}

// Events tell no customer. What came by them is completed soon, and not for each one singly.
function useCompleteRows(client: QueryClient, filter: OrderFilter, rows: readonly Order[]): void {
  const isIncomplete = rows.slice(0, kLooked).some(({ customer }) => customer === undefined);
  const lastAsked = useRef(0);
  useEffect(() => {
    if (!isIncomplete) return;
    const wait = Math.max(0, lastAsked.current + kCompleteEvery - Date.now());
    const timer = setTimeout(() => {
      lastAsked.current = Date.now();
      // Should it fail, the next event or the next visit completes the rows.
      completeNewest(client, filter).catch(() => undefined);
    }, wait);
    return () => clearTimeout(timer);
  }, [client, filter, isIncomplete, rows]);
}
