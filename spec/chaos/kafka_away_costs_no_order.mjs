#!/usr/bin/env node
// Kafka is away for 20 s under load, once killed and once stopped (SIGSTOP: connections stay open,
// nobody answers). POST /orders keeps answering 201 with p99 <= 1 s, and when Kafka is back every
// order becomes final.
import { now, sleep } from '../e2e/lib/clock.mjs';
import { holds, same } from '../e2e/lib/expect.mjs';
import { OrderLoad } from '../e2e/lib/order_load.mjs';
import { openShop, scenario } from '../e2e/lib/scenario.mjs';
import { milliseconds, percentile, summary } from '../e2e/lib/statistics.mjs';

const kAway = 20_000;
const kBefore = 3_000;
const kP99Limit = 1_000;
const kBroker = 'kafka-1';

const outages = [
  {
    name: 'Kafka is killed for 20 s',
    begin: async (system) => {
      system.hold(kBroker);
      await system.strike(kBroker, 'SIGKILL');
    },
    end: (system) => system.release(kBroker),
  },
  {
    name: 'Kafka is stopped (SIGSTOP) for 20 s',
    begin: (system) => system.strike(kBroker, 'SIGSTOP'),
    end: (system) => system.strike(kBroker, 'SIGCONT'),
  },
];

scenario(import.meta.url, { within: 600_000 }, async ({ steps, system, world }) => {
  let shop;
  await steps.chapter('Customers', () =>
    steps.step('8 customers and a product', async () => (shop = await openShop(world, { products: [['Plenty', 1_000_000]] }))));
  if (!shop) return;
  for (const outage of outages) {
    await steps.chapter(outage.name, () => survives(outage, { steps, system, world, ...shop }));
  }
});

async function survives(outage, { steps, system, world, tap, tokens, products, audit }) {
  const load = new OrderLoad({ shop: world.shop, tokens, pause: 100, lines: () => [[products[0], 1]] });
  load.start();
  await sleep(kBefore);
  await steps.step((figures) => `POST /orders keeps answering 201, p99 at most 1 s${figures ? `: ${figures}` : ''}`, async () => {
    const from = now();
    await outage.begin(system);
    await sleep(from + kAway - now());
    const to = now();
    await outage.end(system);
    await sleep(2_000);
    await load.stop();
    const latencies = load.latencies(from, to);
    same('refusals', load.refusals(), 'none');
    holds('there was load', latencies.length > 100);
    holds(`p99 is over ${kP99Limit} ms: ${summary(latencies)}`, percentile(latencies, 0.99) <= kP99Limit);
    return summary(latencies);
  });
  const backAt = now();
  await steps.step((figures) => `every order becomes final after it is back${figures ? `: ${figures}` : ''}`, async () => {
    const statuses = await audit.everyOrderIsFinal(load.acknowledged, 90_000);
    return `${JSON.stringify(statuses)} ${milliseconds(now() - backAt)} later`;
  });
  await steps.step('nothing is lost or doubled', async () => {
    await audit.movementsMatchOrders();
    await audit.stockAddsUp();
    await audit.oneOutcomeEventPerOrder(tap);
    audit.nothingWasDeadLettered(tap);
  });
}
