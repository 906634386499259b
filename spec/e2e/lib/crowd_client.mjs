import { io } from 'socket.io-client';

const kOrderEvents = ['order:created', 'order:updated', 'order:cancelled'];
const kTransports = [undefined, ['websocket'], ['polling']]; // undefined: polling, then WebSocket

// A browser that comes back: socket.io-client, which names the last event that it has seen whenever
// it connects, and writes down what reached it.
export class CrowdClient {
  #socket;
  log = new Map(); // event id -> how often it came
  foreign = []; // events of somebody else's orders
  resyncs = []; // {at, away, reason, since}: `since` is of the last event that it had seen
  latencies = []; // {at, took}: from the event's cause, while connected throughout
  repeated = 0;
  overtaken = 0; // an older version of an order after a newer one: what a client ignores
  connects = 0;
  refused = 0;
  drops = 0;
  lastEventId;
  lastEventAt;
  lostAt;
  isWelcome = false; // it is known who this is: from here on events come live
  isUpToDate = false;
  #versions = new Map();

  constructor(gateway, account, token, index) {
    this.account = account;
    this.isAdmin = account.role === 'admin';
    this.#socket = io(gateway, {
      auth: { token },
      forceNew: true,
      ...(kTransports[index % 3] ? { transports: kTransports[index % 3] } : {}),
    });
    this.#socket.on('connect', () => this.#connected());
    this.#socket.on('disconnect', (reason) => this.#disconnected(reason));
    this.#socket.on('connection:success', () => (this.isWelcome = true));
    this.#socket.on('connect_error', () => (this.refused += 1));
    this.#socket.on('subscribed', () => (this.isUpToDate = true));
    this.#socket.on('resync', ({ reason }) => this.resyncs.push({ at: Date.now(), reason, away: Date.now() - (this.lostAt ?? Date.now()), since: this.lastEventAt ?? 0 }));
    for (const name of kOrderEvents) this.#socket.on(this.isAdmin ? `admin:${name}` : name, (payload) => this.#order(payload));
    if (this.isAdmin) this.#socket.on('admin:inventory:updated', (payload) => this.#note(payload));
  }

  get isConnected() {
    return this.#socket.connected;
  }

  #connected() {
    this.connects += 1;
    this.#socket.emit(this.isAdmin ? 'subscribe:admin' : 'subscribe:orders', this.lastEventId ? { last_event_id: this.lastEventId } : {});
  }

  #disconnected(reason) {
    this.isWelcome = false;
    this.isUpToDate = false;
    this.lostAt = Date.now();
    // The server said so: the stock client leaves it to the application to come back.
    if (reason === 'io server disconnect') setTimeout(() => this.#socket.connect(), 500);
  }

  #order(payload) {
    const { id, user_id: owner, order_version: version } = payload.order;
    if (!this.isAdmin && owner !== this.account.id) this.foreign.push(payload.event_id);
    if (version < (this.#versions.get(id) ?? 0)) this.overtaken += 1;
    else this.#versions.set(id, version);
    this.#note(payload);
  }

  #note({ event_id: id, occurred_at: at }) {
    const count = this.log.get(id) ?? 0;
    this.log.set(id, count + 1);
    if (count > 0) this.repeated += 1;
    else if (this.isUpToDate) this.latencies.push({ at: Date.now(), took: Date.now() - Date.parse(at) });
    this.onEvent?.(id);
    if (this.ignores?.has(id)) return; // nothing to name when it comes back
    this.lastEventId = id;
    this.lastEventAt = Date.parse(at);
  }

  // Cuts the connection as a network does: without a goodbye where there is a wire to cut.
  drop() {
    if (!this.isConnected) return false;
    this.drops += 1;
    const { transport } = this.#socket.io.engine;
    if (transport.ws?.terminate) transport.ws.terminate();
    else this.#socket.io.engine.close();
    return true;
  }

  close() {
    this.#socket.close();
  }
}
