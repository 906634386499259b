import { api, unwrap } from '../api/client';
import type { Money, Order, OrderStatus } from '../api/types';
import type { OrderNews } from '../realtime/events';
import { Store } from '../lib/store';

// The figures of the last half hour, minute by minute. They begin with the orders that the API lists
// and go on with events; what they need is bounded, however long the page is open.
export const kMinutes = 30;
const kMinute = 60_000;
const kMostPages = 10;
const kMostOrders = 10_000;

export type Minute = { at: number; placed: number; rejected: number; revenue: number };
export type Figures = {
  minutes: readonly Minute[];
  currency: string;
  // The first minute that is complete: later than the window's start when there were too many orders.
  since: number;
  isLoading: boolean;
  error: unknown;
};

type Known = { minute: number; amount: number; counts: boolean; version: number };

const kWithoutRevenue: readonly OrderStatus[] = ['rejected', 'cancelled'];

export class Dashboard {
  readonly figures: Store<Figures>;
  // The newest orders, to know what a later rejection or cancellation takes back.
  private readonly orders = new Map<string, Known>();
  private minutes = new Map<number, Minute>();
  private currency = 'USD';
  private since = 0;
  private loading: Promise<void> | undefined;

  constructor(private readonly now: () => number = Date.now) {
    this.figures = new Store(this.snapshot(true));
  }

  // From the API, once; `reload` starts again.
  load(): Promise<void> {
    this.loading ??= this.fetchAll();
    return this.loading;
  }

  reload(): void {
    if (!this.loading) return;
    this.loading = undefined;
    void this.load();
  }

  add(order: Pick<Order, 'id' | 'created_at' | 'status' | 'total' | 'order_version'>): void {
    this.apply(order.id, order.order_version, order.status, order.created_at, order.total);
  }

  addNews(news: readonly OrderNews[]): void {
    for (const { order } of news) {
      this.apply(order.id, order.order_version, order.status, order.created_at, order.total);
    }
    this.publish();
  }

  // Time goes on without events too.
  publish(error?: unknown): void {
    const oldest = this.minuteOf(this.now()) - kMinutes * kMinute;
    for (const at of this.minutes.keys()) if (at < oldest) this.minutes.delete(at);
    this.figures.set(this.snapshot(false, error));
  }

  private minuteOf(time: number): number {
    return Math.floor(time / kMinute) * kMinute;
  }

  private apply(
    id: string,
    version: number,
    status: OrderStatus | undefined,
    createdAt: string | undefined,
    total: Money | undefined,
  ): void {
    let known = this.orders.get(id);
    if (!known) {
      if (!createdAt || !total) return;
      const minute = this.minuteOf(Date.parse(createdAt));
      if (minute < this.minuteOf(this.now()) - kMinutes * kMinute) return;
      this.currency = total.currency;
      known = { minute, amount: total.amount_minor, counts: true, version };
      this.remember(id, known);
      this.change(minute, { placed: 1, rejected: status === 'rejected' ? 1 : 0, revenue: total.amount_minor });
    } else if (version <= known.version) {
      return;
    } else if (status === 'rejected') {
      this.change(known.minute, { placed: 0, rejected: 1, revenue: 0 });
    }
    known.version = version;
    if (known.counts && status && kWithoutRevenue.includes(status)) {
      known.counts = false;
      this.change(known.minute, { placed: 0, rejected: 0, revenue: -known.amount });
    }
  }

  private remember(id: string, known: Known): void {
    this.orders.set(id, known);
    for (const oldest of this.orders.keys()) {
      if (this.orders.size <= kMostOrders) break;
      this.orders.delete(oldest);
    }
  }

  private change(at: number, by: Omit<Minute, 'at'>): void {
    const minute = this.minutes.get(at) ?? { at, placed: 0, rejected: 0, revenue: 0 };
    this.minutes.set(at, {
      at,
      placed: minute.placed + by.placed,
      rejected: minute.rejected + by.rejected,
      revenue: minute.revenue + by.revenue,
    });
  }

  private snapshot(isLoading: boolean, error?: unknown): Figures {
    const last = this.minuteOf(this.now());
    const minutes = Array.from({ length: kMinutes }, (_, index) => {
      const at = last - (kMinutes - 1 - index) * kMinute;
      return this.minutes.get(at) ?? { at, placed: 0, rejected: 0, revenue: 0 };
    });
    return { minutes, currency: this.currency, since: this.since, isLoading, error };
  }

  private async fetchAll(): Promise<void> {
    this.orders.clear();
    this.minutes = new Map();
    const from = this.minuteOf(this.now()) - (kMinutes - 1) * kMinute;
    this.since = from;
    let cursor: string | undefined;
    try {
      for (let pages = 0; pages < kMostPages; pages += 1) {
        const query = { from: new Date(from).toISOString(), limit: 100, cursor };
        const page = await unwrap(api.GET('/orders', { params: { query } }));
        page.data.forEach((order) => this.add(order));
        const oldest = page.data.at(-1);
        if (page.next_cursor === null || !oldest) {
          this.since = from;
          break;
        }
        cursor = page.next_cursor;
        this.since = this.minuteOf(Date.parse(oldest.created_at)) + kMinute;
      }
      this.publish();
    } catch (error) {
      this.loading = undefined;
      this.publish(error);
    }
  }
}

export const dashboard = new Dashboard();
