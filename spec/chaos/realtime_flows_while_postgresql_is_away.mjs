#!/usr/bin/env node
// PostgreSQL is away for 20 s. What is in Kafka reaches every browser that is connected, and one whose
// connection is cut meanwhile is let in again and goes on hearing. Afterwards nothing was missed.
import { randomUUID } from 'node:crypto';

import { now, sleep } from '../e2e/lib/clock.mjs';
import { Crowd } from '../e2e/lib/crowd.mjs';
import { eventually } from '../e2e/lib/eventually.mjs';
import { same } from '../e2e/lib/expect.mjs';
import { scenario } from '../e2e/lib/scenario.mjs';
import { milliseconds, summary } from '../e2e/lib/statistics.mjs';

const kCustomers = Number(process.env.CARAFE_CHAOS_CLIENTS ?? 1_000);
const kAway = 20_000;
const kOrdersPerSecond = 10;

scenario(import.meta.url, { within: 600_000, options: ['--realtime', '2'], settings: { ORDERS_PER_MINUTE: '0' } }, async ({ steps, system, world }) => {
  let crowd, product;
  await steps.chapter('A crowd', () =>
    steps.step(`${kCustomers} browsers, each with an order`, async () => {
      await world.kafka.connect();
      product = await world.product('Plenty', 10_000_000);
      crowd = await Crowd.open(world, { customers: kCustomers, admins: 0 });
      await crowd.everybodyOrders(product);
    }));
  if (!product || !crowd) return;
  const ordering = crowd.keepOrdering(product, kOrdersPerSecond, now() + kAway + 20_000);
  await steps.chapter('PostgreSQL is away for 20 s', async () => {
    system.hold('postgres');
    try {
      await outage({ steps, system, world, crowd });
    } finally {
      system.release('postgres');
    }
  });
  await ordering;
  await steps.chapter('What the browsers saw', async () => {
    await steps.step('everybody is back', () => crowd.allUpToDate());
    await steps.step('0 missed', () => crowd.everythingArrived());
    await steps.step('nobody saw an event of somebody else', () => same('foreign events', crowd.sum(({ foreign }) => foreign.length), 0));
    await steps.step('nobody had to load everything', () => same('resyncs', crowd.clients.flatMap(({ resyncs }) => resyncs), []));
  });
  crowd.close();
});

async function outage({ steps, system, world, crowd }) {
  const ignored = new Set(); // events that only Kafka knows
  const arrived = new Map();
  for (const client of crowd.clients) {
    client.ignores = ignored;
    client.onEvent = (id) => arrived.set(id, now());
  }
  await sleep(3_000);
  const from = await system.strike('postgres', 'SIGQUIT');
  const cut = crowd.clients.filter((_, index) => index % 10 === 0);
  const steady = crowd.clients.filter((_, index) => index % 10 !== 0);
  await steps.step((figures) => `what is in Kafka reaches those who are connected${figures ? `: ${figures}` : ''}`, async () => {
    const latencies = await tell({ world, ignored, arrived, clients: steady, until: from + 6_000 });
    return summary(latencies);
  });
  await steps.step((took) => `those whose connection is cut hear again${took ? ` ${milliseconds(took)} later` : ''}`, async () => {
    const at = now();
    for (const client of cut) client.drop();
    // Without the database it takes the server a second to go by what it remembers of them.
    await eventually('all are welcome', () => cut.every(({ isWelcome }) => isWelcome), { within: 10_000 });
    const back = now() - at;
    await tell({ world, ignored, arrived, clients: cut, until: 0, within: from + kAway - now() });
    return back;
  });
  await sleep(from + kAway - now());
}

// Puts an event of each client's own into Kafka and waits until each has come; again until `until`.
async function tell({ world, ignored, arrived, clients, until, within = 5_000 }) {
  const latencies = [];
  do {
    const sent = [];
    for (const client of clients.slice(0, 100)) {
      const id = randomUUID();
      ignored.add(id);
      const order = randomUUID();
      const at = now();
      sent.push({ id, at });
      await world.kafka.put({
        topic: 'order.updated',
        key: order,
        value: JSON.stringify({ order_id: order, user_id: client.account.id, status: 'confirmed', order_version: 2 }),
        headers: { ce_specversion: '1.0', ce_id: id, ce_type: 'order.updated', ce_source: '/elsewhere', ce_time: new Date().toISOString() },
      });
    }
    await eventually('every event has arrived', () => {
      const missing = sent.filter(({ id }) => !arrived.has(id)).length;
      if (missing > 0) throw new Error(`${missing} of ${sent.length} have not`);
      return true;
    }, { within });
    latencies.push(...sent.map(({ id, at }) => arrived.get(id) - at));
  } while (now() < until);
  return latencies;
}
