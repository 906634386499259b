import { now, sleep } from './clock.mjs';
import { CrowdClient } from './crowd_client.mjs';
import { eventually } from './eventually.mjs';
import { tokenMaker } from './tokens.mjs';
import { uuidv7 } from './uuid.mjs';

// Many browsers of many customers and some administrators, and the judge of what they saw.
export class Crowd {
  clients = [];
  #world;

  constructor(world) {
    this.#world = world;
  }

  static async open(world, { customers, admins }) {
    const crowd = new Crowd(world);
    const specimen = await world.account('specimen');
    crowd.tokenOf = tokenMaker(specimen.token, world.env.SECRET_KEY_BASE);
    const accounts = Array.from({ length: customers + admins }, (_, index) => ({ id: uuidv7(), role: index < customers ? 'user' : 'admin' }));
    await world.db.rows(
      `INSERT INTO users (id, email, name, role, password_hash)
       SELECT id, id || '@crowd.example', 'Crowd', role, '!' FROM unnest($1::uuid[], $2::text[]) AS account (id, role)`,
      accounts.map(({ id }) => id), accounts.map(({ role }) => role),
    );
    for (const [index, account] of accounts.entries()) {
      crowd.clients.push(new CrowdClient(world.gateway, account, crowd.tokenOf(account), index));
      if (index % 50 === 49) await sleep(200);
    }
    await crowd.allUpToDate(240_000);
    return crowd;
  }

  get customers() {
    return this.clients.filter(({ isAdmin }) => !isAdmin);
  }

  judgeAdminsFromNow() {
    for (const client of this.clients) if (client.isAdmin) client.judgedFrom = Date.now();
  }

  allUpToDate(within = 60_000) {
    return eventually('every client is connected and up to date', () => {
      const missing = this.clients.filter(({ isUpToDate }) => !isUpToDate).length;
      if (missing > 0) throw new Error(`${missing} are not`);
      return true;
    }, { within, every: 100 });
  }

  sum(figure) {
    return this.clients.reduce((total, client) => total + (typeof figure === 'function' ? figure(client) : client[figure]), 0);
  }

  // Places one order of each customer, `together` at a time; so that each has an event to name.
  async everybodyOrders(product, together = 16) {
    const waiting = [...this.customers];
    await Promise.all(Array.from({ length: together }, async () => {
      for (let client = waiting.pop(); client; client = waiting.pop()) await this.order(client, product);
    }));
    await eventually('everybody saw their order', () => this.customers.every(({ log }) => log.size >= 2), { within: 60_000, every: 100 });
  }

  order(client, product, quantity = 1) {
    return this.#world.shop.tryOrder(this.tokenOf(client.account), [[product, quantity]], { timeout: 15_000 }).catch(() => {});
  }

  // Orders of random customers, `perSecond`, until `until`. Refusals are somebody else's business.
  async keepOrdering(product, perSecond, until) {
    const underWay = new Set();
    for (let due = now(); due < until; due += 1000 / perSecond) {
      await sleep(Math.max(0, due - now()));
      if (underWay.size > 200) continue; // an outage: those that wait are enough
      const client = this.customers[Math.floor(Math.random() * this.customers.length)];
      const request = this.order(client, product).finally(() => underWay.delete(request));
      underWay.add(request);
    }
    await Promise.all(underWay);
  }

  // Cuts random connections, `count` of them evenly until `until`.
  async keepDropping(count, until) {
    const from = now();
    let dropped = 0;
    while (now() < until && dropped < count) {
      const due = Math.min(count, Math.ceil(((now() - from) / (until - from)) * count));
      while (dropped < due && this.clients[Math.floor(Math.random() * this.clients.length)].drop()) dropped += 1;
      await sleep(10);
    }
    return dropped;
  }

  // What domain_events says a client should have seen, and it did not.
  async missed() {
    const rows = await this.#world.db.rows(
      `SELECT event_id, user_id, topic, (extract(epoch FROM occurred_at) * 1000)::float8 AS at FROM domain_events
       WHERE topic IN ('order.created', 'order.updated', 'order.cancelled', 'inventory.updated')`,
    );
    const byUser = new Map();
    for (const row of rows) {
      if (row.topic !== 'inventory.updated') byUser.set(row.user_id, [...(byUser.get(row.user_id) ?? []), row]);
    }
    const missed = [];
    for (const client of this.clients) {
      const since = client.judgedFrom ?? 0;
      const resyncedAt = Math.max(0, ...client.resyncs.map(({ at }) => at)); // it loaded everything then
      const due = (client.isAdmin ? rows : byUser.get(client.account.id) ?? []).filter(({ at }) => at >= since && at > resyncedAt);
      for (const row of due) {
        if (!client.log.has(row.event_id)) missed.push({ client: client.account.id, admin: client.isAdmin, event: row.event_id, topic: row.topic, at: new Date(row.at).toISOString() });
      }
    }
    return missed;
  }

  // What happened, of what this client may see, between the last event that it had seen and its resync.
  async gap(client, { since, at }) {
    const { events } = await this.#world.db.row(
      `SELECT count(*)::int AS events FROM domain_events
       WHERE occurred_at > to_timestamp($1 / 1000.0) AND occurred_at <= to_timestamp($2 / 1000.0) AND ($3::uuid IS NULL OR user_id = $3)`,
      since, at, client.isAdmin ? null : client.account.id,
    );
    return events;
  }

  async everythingArrived(within = 30_000) {
    try {
      await eventually('nothing is missed', async () => (await this.missed()).length === 0, { within, every: 2_000 });
    } catch {
      const missed = await this.missed();
      throw new Error(`${missed.length} events were missed by ${new Set(missed.map(({ client }) => client)).size} clients, the first: ${JSON.stringify(missed.slice(0, 3))}`);
    }
  }

  close() {
    for (const client of this.clients) client.close();
  }
}
