#!/usr/bin/env node
// Two web processes behind the gateway, stopped and started again one after the other, 30 times in
// all, under a load of GETs and of POSTs without Idempotency-Key: no request fails, no POST is sent
// twice, and a stop takes at most 5 s (p95).
import { now, sleep } from '../e2e/lib/clock.mjs';
import { eventually } from '../e2e/lib/eventually.mjs';
import { holds, same } from '../e2e/lib/expect.mjs';
import { OrderLoad } from '../e2e/lib/order_load.mjs';
import { openShop, scenario } from '../e2e/lib/scenario.mjs';
import { milliseconds, percentile, summary } from '../e2e/lib/statistics.mjs';
import { alive } from '../e2e/lib/system.mjs';

const kRestarts = Number(process.env.CARAFE_RESTARTS ?? 30);
const kReaders = 8;
const kWriters = 8;
const kStopWithin = 5_000;

// Clients that read orders and products, one request after the other.
class ReadLoad {
  answered = 0;
  failed = [];
  times = [];
  #stopped = false;
  #running = [];

  constructor({ shop, tokens, paths }) {
    Object.assign(this, { shop, tokens, paths });
  }

  start(clients) {
    for (let client = 0; client < clients; ++client) this.#running.push(this.#client(client));
  }

  async #client(index) {
    for (let number = index; !this.#stopped; ++number) {
      const path = this.paths[number % this.paths.length];
      const at = now();
      try {
        const { status } = await this.shop.http.get(path, { token: this.tokens[0], timeout: 15_000 });
        if (status === 200) this.answered += 1;
        else this.failed.push(`${path}: ${status}`);
      } catch (error) {
        this.failed.push(`${path}: ${error.code ?? error.message}`);
      }
      this.times.push(now() - at);
      await sleep(2);
    }
  }

  stop() {
    this.#stopped = true;
    return Promise.all(this.#running);
  }
}

scenario(import.meta.url, { within: 700_000, options: ['--web', '2'] }, async ({ steps, system, world }) => {
  await steps.chapter(`${kRestarts} rolling restarts of two web processes`, async () => {
    const shop = await steps.step('customers, a product, an order to read', () =>
      openShop(world, { products: [['Plenty', 1_000_000]] }));
    const { accounts: [customer], tokens, products } = shop;
    const { body } = await world.shop.placeOrder(customer.token, [[products[0], 1]]);
    const paths = [`/api/v1/orders/${body.id}`, `/api/products/${products[0].id}`, '/api/products?limit=5'];
    const reads = new ReadLoad({ shop: world.shop, tokens, paths });
    const orders = new OrderLoad({ shop: world.shop, tokens, clients: kWriters, pause: 10, lines: () => [[products[0], 1]] });
    reads.start(kReaders);
    orders.start();
    const stops = await steps.step((times) => `each was stopped and started again${times ? `; a stop takes ${summary(times)}` : ''}`, () =>
      restartInTurn(system, kRestarts));
    await orders.stop();
    await reads.stop();
    await steps.step(`no GET of ${reads.answered} failed (${summary(reads.times)})`, () => same('failed GETs', reads.failed, []));
    await steps.step(`no POST of ${orders.placed} failed (${summary(orders.latencies())})`, () => same('failed POSTs', orders.refusals(), 'none'));
    await steps.step('there are as many orders as POSTs were sent', async () => {
      const { count } = await world.db.row(
        'SELECT count(*)::integer AS count FROM orders WHERE user_id = ANY($1)', shop.accounts.map(({ id }) => id));
      same('orders', count, orders.placed + 1);
      holds('there was load', orders.placed > kRestarts * 20 && reads.answered > kRestarts * 20);
    });
    await steps.step(`a stop takes at most ${kStopWithin} ms (p95)`, () =>
      holds(`p95 is ${milliseconds(percentile(stops, 0.95))}`, percentile(stops, 0.95) <= kStopWithin));
  });
});

// Each waits until the one before is back, as any rolling deployment does.
async function restartInTurn(system, count) {
  const stops = [];
  for (let restart = 0; restart < count; ++restart) {
    const name = `web-${1 + (restart % 2)}`;
    const ops = Number(system.environment.WEB_OPS_PORT) + (restart % 2);
    const pid = system.pid(name);
    const from = now();
    process.kill(pid, 'SIGTERM');
    await eventually(`${name} (pid ${pid}) has stopped`, () => !alive(pid), { within: 30_000, every: 5 });
    stops.push(now() - from);
    await eventually(`${name} is back`, () => ready(ops), { within: 30_000, every: 50 });
    await sleep(300);
  }
  return stops;
}

async function ready(port) {
  return (await fetch(`http://127.0.0.1:${port}/readyz`)).ok;
}
