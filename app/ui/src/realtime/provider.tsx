import type { QueryClient } from '@tanstack/react-query';
import { useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import type { io } from 'socket.io-client';

import { toastAlerts, toastOrderNews, toastSuccess } from '../components/toasts';
import { addAlerts, closeAlerts, openAlerts } from '../data/alerts';
import { dashboard } from '../data/dashboard';
import { inventoryKeys } from '../data/inventory';
import { applyOrderNews, orderKeys } from '../data/order_cache';
import { settleChange } from '../data/pending_changes';
import { productKeys } from '../data/products';
import { applyStock, applyStockNews } from '../data/stock';
import { plural } from '../lib/format';
import { Store } from '../lib/store';
import { throttle } from '../lib/throttle';
import { useSession } from '../session/session';
import type { ConnectionStatus, RealtimeListener, Stream } from './connection';
import { RealtimeConnection } from './connection';
import type { News, OrderNews } from './events';

export const connectionStatus = new Store<ConnectionStatus>({ state: 'connecting', since: Date.now(), replayed: 0 });

const kFetchClientAgain = 3000;

// Lists that events only touch are fetched again this often at most, however many events come.
const kFetchAgain = 2000;

// Newer than this is news; what is older was missed, and is applied without a toast for each.
const kNewsAge = 60_000;

// Keeps the one connection of the page for whoever is signed in, and applies what it brings.
export function RealtimeProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const { user, isLoading } = useSession();
  const userId = user?.id;
  const role = user?.role;

  useEffect(() => {
    if (isLoading) return;
    if (role === 'admin' && userId) openAlerts(userId);
    const end = new AbortController();
    void fetchClient().then((connect) => {
      if (end.signal.aborted) return;
      const connection = new RealtimeConnection(() => connect({ autoConnect: false, forceNew: true }), listenerFor(client, role));
      const unsubscribe = connection.status.subscribe(() => connectionStatus.set(connection.status.get()));
      connection.open(streamsFor(role));
      end.signal.addEventListener('abort', () => {
        unsubscribe();
        connection.close();
      });
    });
    return () => {
      end.abort();
      closeAlerts();
      connectionStatus.set({ state: 'connecting', since: Date.now(), replayed: 0 });
    };
  }, [client, userId, role, isLoading]);

  return children;
}

// The library is fetched when the page stands. Without it the page works, and it is tried again.
async function fetchClient(): Promise<typeof io> {
  for (;;) {
    try {
      return (await import('socket.io-client')).io;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, kFetchClientAgain));
    }
  }
}

function streamsFor(role: 'user' | 'admin' | undefined): Stream[] {
  if (role === 'admin') return ['inventory', 'admin'];
  return role === 'user' ? ['inventory', 'orders'] : ['inventory'];
}

function listenerFor(client: QueryClient, role: 'user' | 'admin' | undefined): RealtimeListener {
  const reload = (keys: ReadonlyArray<readonly unknown[]>) => {
    for (const queryKey of keys) void client.invalidateQueries({ queryKey });
  };
  const fetchAgain = {
    products: throttle(() => reload([productKeys.all]), kFetchAgain),
    inventory: throttle(() => reload([inventoryKeys.all]), kFetchAgain),
  };
  return {
    onNews: (news) => applyNews(client, news, role, fetchAgain),
    onSnapshot: applyStock,
    onResync: (stream) => {
      if (stream !== 'inventory') reload([orderKeys.all, inventoryKeys.all, productKeys.all]);
      else reload([productKeys.all]);
      dashboard.reload();
    },
    onSubscribed: (stream, again) => {
      // Events flow from here on; what was fetched before may have missed one.
      if (!again && stream !== 'inventory') reload([orderKeys.all]);
      if (again && stream !== 'inventory') {
        const { replayed } = connectionStatus.get();
        toastSuccess('Back online', replayed === 0 ? 'Nothing was missed.' : `${plural(replayed, 'missed update')} applied.`);
      }
    },
    onRefused: () => void client.resetQueries({ queryKey: ['me'] }),
  };
}

type FetchAgain = { products: () => void; inventory: () => void };

function applyNews(client: QueryClient, news: News[], role: 'user' | 'admin' | undefined, fetchAgain: FetchAgain): void {
  const orders = news.filter((each) => each.kind === 'order');
  const stock = news.filter((each) => each.kind === 'stock');
  const products = news.filter((each) => each.kind === 'product');
  const alerts = news.filter((each) => each.kind === 'alert');
  if (orders.length > 0) applyOrders(client, orders, role);
  if (stock.length > 0) applyStockNews(stock);
  if (products.length > 0) fetchAgain.products();
  if (stock.length > 0 || products.length > 0) fetchAgain.inventory();
  if (alerts.length > 0) toastAlerts(addAlerts(alerts).filter(isRecent));
}

function applyOrders(client: QueryClient, news: OrderNews[], role: 'user' | 'admin' | undefined): void {
  applyOrderNews(client, news);
  if (role === 'admin') dashboard.addNews(news);
  for (const each of news) {
    const asked = settleChange(each.order.id, each.order.order_version);
    // Whoever asked for a change is answered by it; the toast is for what others did.
    const isOwn = asked !== undefined && asked.status === each.order.status;
    if (role === 'user' && !isOwn && each.action !== 'created' && isRecent(each)) toastOrderNews(each);
  }
}

function isRecent({ occurredAt }: { occurredAt: string }): boolean {
  return Date.now() - Date.parse(occurredAt) < kNewsAge;
}
