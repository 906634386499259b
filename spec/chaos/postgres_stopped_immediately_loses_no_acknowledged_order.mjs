#!/usr/bin/env node
// PostgreSQL is stopped immediately (SIGQUIT, what pg_ctl stop -m immediate sends) under load, once
// started again at once and once after 10 s. Requests may be refused meanwhile, but every order in
// the clients' log of 201s exists and becomes final.
import { now, sleep } from '../e2e/lib/clock.mjs';
import { holds } from '../e2e/lib/expect.mjs';
import { eventually } from '../e2e/lib/eventually.mjs';
import { OrderLoad } from '../e2e/lib/order_load.mjs';
import { openShop, scenario } from '../e2e/lib/scenario.mjs';
import { milliseconds, summary } from '../e2e/lib/statistics.mjs';

const kUnderLoad = 3_000;

const outages = [
  { name: 'Stopped and started at once', away: 0 },
  { name: 'Stopped, and away for 10 s', away: 10_000 },
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

async function survives({ away }, { steps, system, world, tap, tokens, products, audit }) {
  const load = new OrderLoad({ shop: world.shop, tokens, pause: 20, lines: () => [[products[0], 1]] });
  load.start();
  await sleep(kUnderLoad);
  await steps.step((figures) => `orders are taken again once it is back${figures ? ` (${figures})` : ''}`, async () => {
    if (away > 0) system.hold('postgres');
    await system.strike('postgres', 'SIGQUIT');
    await sleep(away);
    system.release('postgres');
    const backAt = now();
    await eventually('a 201 for an order placed since', () => load.latencies(backAt).length > 0, { within: 60_000 });
    const took = load.acknowledged.find(({ at }) => at >= backAt).at - backAt;
    await sleep(kUnderLoad);
    await load.stop();
    holds('there was load', load.acknowledged.length > 100);
    return `${milliseconds(took)} later; 201 ${summary(load.latencies())}; refused meanwhile: ${load.refusals()}`;
  });
  await steps.step((statuses) => `every acknowledged order exists and is final${statuses ? `: ${JSON.stringify(statuses)}` : ''}`, () =>
    audit.everyOrderIsFinal(load.acknowledged, 90_000));
  await steps.step('nothing is lost or doubled', async () => {
    await audit.movementsMatchOrders();
    await audit.stockAddsUp();
    await audit.oneOutcomeEventPerOrder(tap);
    audit.nothingWasDeadLettered(tap);
  });
}
