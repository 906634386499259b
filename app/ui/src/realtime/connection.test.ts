import type { Socket } from 'socket.io-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { idOf } from '../testing/orders';
import type { RealtimeListener } from './connection';
import { RealtimeConnection } from './connection';
import type { News } from './events';

type Handler = (...values: unknown[]) => void;

// The edge to the library: what our side sets up, and what the server would say.
class FakeSocket {
  active = true;
  connects = 0;
  sent: Array<[string, unknown]> = [];
  private handlers = new Map<string, Handler>();
  private any: Handler | undefined;
  on = (name: string, handler: Handler) => this.handlers.set(name, handler);
  onAny = (handler: Handler) => (this.any = handler);
  offAny = () => (this.any = undefined);
  removeAllListeners = () => this.handlers.clear();
  emit = (name: string, value: unknown) => this.sent.push([name, value]);
  connect = () => (this.connects += 1);
  disconnect = () => undefined;
  receive(name: string, value?: unknown) {
    this.any?.(name, value);
    this.handlers.get(name)?.(value);
  }
}

function setUp() {
  const socket = new FakeSocket();
  const news: News[] = [];
  const listener: RealtimeListener = {
    onNews: (batch) => news.push(...batch),
    onSnapshot: vi.fn(),
    onResync: vi.fn(),
    onSubscribed: vi.fn(),
    onRefused: vi.fn(),
  };
  const connection = new RealtimeConnection(() => socket as unknown as Socket, listener);
  connection.open(['inventory', 'orders']);
  return { socket, news, listener, connection };
}

const event = (eventId: string, version: number) => ({
  event_id: eventId,
  occurred_at: '2026-11-21T12:00:00Z',
  order: { id: idOf(1), order_version: version, status: 'confirmed' },
});

describe('the connection', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('subscribes when it is welcome, and is online when all streams are open', () => {
    const { socket, connection } = setUp();
    expect(socket.sent).toEqual([]);
    socket.receive('connection:success', { role: 'user' });
    expect(socket.sent).toEqual([['subscribe:inventory', {}], ['subscribe:orders', {}]]);
    socket.receive('subscribed', { type: 'inventory', products: [] });
    expect(connection.status.get().state).toBe('connecting');
    socket.receive('subscribed', { type: 'orders' });
    expect(connection.status.get().state).toBe('online');
  });

  it('asks for what it missed by the last event it saw, and applies each event once', () => {
    const { socket, news, connection } = setUp();
    socket.receive('connection:success');
    socket.receive('subscribed', { type: 'orders' });
    socket.receive('order:updated', event('e1', 2));
    socket.receive('disconnect', 'transport close');
    expect(connection.status.get().state).toBe('reconnecting');
    socket.sent = [];
    socket.receive('connection:success');
    expect(socket.sent).toContainEqual(['subscribe:orders', { last_event_id: 'e1' }]);
    socket.receive('order:updated', event('e1', 2));
    socket.receive('order:updated', event('e2', 3));
    socket.receive('subscribed', { type: 'orders' });
    vi.runAllTimers();
    expect(news.map(({ eventId }) => eventId)).toEqual(['e1', 'e2']);
    expect(connection.status.get()).toMatchObject({ state: 'online', replayed: 1 });
  });

  it('connects again by itself where the server ended the connection', () => {
    const { socket } = setUp();
    socket.receive('connection:success');
    socket.receive('disconnect', 'io server disconnect');
    expect(socket.connects).toBe(1);
    vi.advanceTimersByTime(500);
    expect(socket.connects).toBe(2);
  });

  it('says so when the session is refused', () => {
    const { socket, listener } = setUp();
    socket.receive('connect_error', { data: { code: 'invalid_token' } });
    expect(listener.onRefused).toHaveBeenCalledOnce();
  });

  it('forgets where it was when it is told to load everything again', () => {
    const { socket, listener } = setUp();
    socket.receive('connection:success');
    socket.receive('order:updated', event('e1', 2));
    socket.receive('resync', { type: 'orders' });
    expect(listener.onResync).toHaveBeenCalledWith('orders');
    socket.sent = [];
    socket.receive('connection:success');
    expect(socket.sent).toContainEqual(['subscribe:orders', {}]);
  });
});
