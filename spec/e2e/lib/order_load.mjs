import { now, sleep } from './clock.mjs';

// Many clients that place orders at once, over keep-alive connections, and remember every 201.
export class OrderLoad {
  acknowledged = []; // {id, at, took} of every 201
  refused = []; // {status or error, at, took} of everything else
  placed = 0; // requests sent
  #running = [];
  #stopped = false;

  // `lines(n)` gives the lines of the n-th order. `pause` ms between two orders of one client.
  // `limit`: how many orders in all; `cap`, which may be raised later, holds the clients back
  // before.
  constructor({ shop, tokens, lines, clients = 32, limit = Infinity, cap = Infinity, pause = 0 }) {
    Object.assign(this, { shop, tokens, lines, clients, limit, cap, pause });
  }

  start() {
    for (let client = 0; client < this.clients; ++client) this.#running.push(this.#client(client));
  }

  async #client(index) {
    const token = this.tokens[index % this.tokens.length];
    while (!this.#stopped && this.placed < this.limit) {
      if (this.placed >= this.cap) {
        await sleep(5);
        continue;
      }
      await this.#order(token, this.placed++);
      if (this.pause > 0) await sleep(this.pause * (0.5 + Math.random()));
    }
  }

  async #order(token, number) {
    const at = now();
    try {
      const answer = await this.shop.tryOrder(token, this.lines(number), { timeout: 15_000 });
      const took = now() - at;
      if (answer.status === 201) this.acknowledged.push({ id: answer.body.id, at, took });
      else await this.#refuse({ error: `${answer.status} ${answer.body?.title ?? ''}`.trim(), at, took });
    } catch (error) {
      await this.#refuse({ error: error.code ?? error.message, at, took: now() - at });
    }
  }

  // A client that was refused takes a breath, as any good client does.
  async #refuse(refusal) {
    this.refused.push(refusal);
    await sleep(50);
  }

  // Until all `limit` orders are placed, or stop() was called.
  finished() {
    return Promise.all(this.#running);
  }

  stop() {
    this.#stopped = true;
    return this.finished();
  }

  // "503 Service Unavailable: 12, ECONNRESET: 1"
  refusals() {
    const counts = new Map();
    for (const { error } of this.refused) counts.set(error, (counts.get(error) ?? 0) + 1);
    return [...counts].map(([error, count]) => `${error}: ${count}`).join(', ') || 'none';
  }

  latencies(from = 0, to = Infinity) {
    return this.acknowledged.filter(({ at }) => at >= from && at < to).map(({ took }) => took);
  }
}
