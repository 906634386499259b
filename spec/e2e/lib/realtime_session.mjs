import { io } from 'socket.io-client';

import { now } from './clock.mjs';
import { Arrivals } from './eventually.mjs';

// A browser, as the server sees it: socket.io-client with its default options and a token. Keeps
// all events it receives.
export class RealtimeSession {
  #socket;
  events = new Arrivals();

  static async open(gateway, token, within = 10_000) {
    const session = new RealtimeSession(gateway, token);
    session.welcome = (await session.event('connection:success', () => true, within)).payload;
    return session;
  }

  constructor(gateway, token) {
    this.#socket = io(gateway, { auth: { token } });
    this.#socket.onAny((name, payload) => this.events.add({ name, payload, at: now() }));
    this.#socket.on('connect_error', (error) => this.events.add({ name: 'connect_error', payload: error.message, at: now() }));
  }

  get transport() {
    return this.#socket.io.engine.transport.name;
  }

  // Emits subscribe:<type> and waits for the acknowledgement and for `subscribed`.
  async subscribe(type, within = 5_000) {
    await this.#socket.timeout(within).emitWithAck(`subscribe:${type}`, {});
    return this.event('subscribed', (payload) => payload?.type === type, within);
  }

  // The first event of that name whose payload matches, with the time it came: {name, payload, at}.
  event(name, matches, within = 10_000) {
    return this.events.waitFor(`Socket.IO ${name}`, (event) => event.name === name && matches(event.payload), within);
  }

  close() {
    this.#socket.close();
  }
}
