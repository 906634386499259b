import type { Socket } from 'socket.io-client';

import { Store } from '../lib/store';
import { Batcher } from './batcher';
import type { News, StockLevel } from './events';
import { readNews, readSnapshot } from './events';
import { Seen } from './seen';

export type ConnectionState = 'connecting' | 'online' | 'reconnecting';
export type Stream = 'orders' | 'inventory' | 'admin';

export type ConnectionStatus = {
  state: ConnectionState;
  // Since when, in milliseconds of the epoch.
  since: number;
  // What came after the last reconnection before the server said that this was all.
  replayed: number;
};

export type RealtimeListener = {
  // Each event once, in the order of arrival, in bursts.
  onNews: (news: News[]) => void;
  onSnapshot: (levels: Map<string, StockLevel>) => void;
  // What was missed cannot be replayed: load it again.
  onResync: (stream: Stream | undefined) => void;
  // A stream is open, for the first time on this page or again.
  onSubscribed: (stream: Stream, again: boolean) => void;
  // The server takes this session for none.
  onRefused: () => void;
};

const kRetryAfter = [500, 1000, 2000, 5000];

// The one socket of the page. It resumes by itself, and asks for what it missed by the id of the last
// event it saw of each stream.
export class RealtimeConnection {
  readonly status = new Store<ConnectionStatus>({ state: 'connecting', since: Date.now(), replayed: 0 });
  private socket: Socket | undefined;
  private streams: Stream[] = [];
  private readonly lastEventId = new Map<Stream, string>();
  private readonly openedOnce = new Set<Stream>();
  private readonly seen = new Seen();
  private readonly batcher: Batcher<News>;
  private replaying = false;
  private retries = 0;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly connect: () => Socket,
    private readonly listener: RealtimeListener,
  ) {
    this.batcher = new Batcher((news) => listener.onNews(news));
  }

  open(streams: Stream[]): void {
    this.streams = streams;
    const socket = this.connect();
    this.socket = socket;
    // The server welcomes a socket when it knows who it is; only then are there rooms to ask for.
    socket.on('connection:success', () => this.subscribe());
    socket.on('subscribed', (payload: { type?: Stream }) => this.subscribed(payload));
    socket.on('resync', (payload?: { type?: Stream }) => this.resync(payload?.type));
    socket.onAny((name: string, payload: unknown) => this.receive(name, payload));
    socket.on('disconnect', (reason) => this.lost(reason === 'io server disconnect'));
    socket.on('connect_error', (error: Error & { data?: { code?: string } }) => {
      if (error.data?.code === 'invalid_token') this.listener.onRefused();
      this.lost(!socket.active);
    });
    socket.connect();
  }

  close(): void {
    clearTimeout(this.retryTimer);
    this.batcher.stop();
    this.socket?.removeAllListeners();
    this.socket?.offAny();
    this.socket?.disconnect();
    this.socket = undefined;
  }

  private subscribe(): void {
    this.retries = 0;
    this.replaying = this.openedOnce.size > 0;
    for (const stream of this.streams) {
      const last = this.lastEventId.get(stream);
      this.socket?.emit(`subscribe:${stream}`, last === undefined ? {} : { last_event_id: last });
    }
  }

  private subscribed(payload: { type?: Stream }): void {
    const stream = this.streams.find((each) => each === payload.type);
    if (!stream) return;
    if (stream === 'inventory') this.listener.onSnapshot(readSnapshot(payload));
    const again = this.openedOnce.has(stream);
    this.openedOnce.add(stream);
    this.listener.onSubscribed(stream, again);
    // The last one asked for is the last one answered.
    if (stream === this.streams.at(-1)) {
      this.replaying = false;
      this.status.update((status) =>
        status.state === 'online' ? status : { ...status, state: 'online', since: Date.now() },
      );
    }
  }

  private receive(name: string, payload: unknown): void {
    const news = readNews(name, payload);
    if (!news) return;
    this.remember(name, news);
    if (!this.seen.add(news.kind === 'alert' ? `alert ${news.eventId}` : news.eventId)) return;
    if (this.replaying) this.status.update((status) => ({ ...status, replayed: status.replayed + 1 }));
    this.batcher.add(news);
  }

  // Alerts are made from other events and have ids of their own, by which nothing can be replayed.
  private remember(name: string, news: News): void {
    if (news.kind === 'alert') return;
    if (name.startsWith('admin:')) this.lastEventId.set('admin', news.eventId);
    if (news.kind === 'order') this.lastEventId.set('orders', news.eventId);
    if (news.kind === 'stock') this.lastEventId.set('inventory', news.eventId);
  }

  private resync(stream: Stream | undefined): void {
    for (const each of stream ? [stream] : [...this.lastEventId.keys()]) this.lastEventId.delete(each);
    this.listener.onResync(stream);
  }

  // The client reconnects by itself, except where the server ended the connection on purpose.
  private lost(forGood: boolean): void {
    this.status.update((status) =>
      status.state === 'online' ? { state: 'reconnecting', since: Date.now(), replayed: 0 } : status,
    );
    if (!forGood) return;
    clearTimeout(this.retryTimer);
    const pause = kRetryAfter[Math.min(this.retries, kRetryAfter.length - 1)];
    this.retries += 1;
    this.retryTimer = setTimeout(() => this.socket?.connect(), pause);
  }
}
