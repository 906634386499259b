#!/usr/bin/env node
// 10,000 orders, and the worker killed with -9 five times while 2,000 to 8,000 of them are final.
// In the end every order is final, nothing was reserved twice, each order has one outcome event,
// the stock adds up, and after each kill the first newly final order came within 10 s.
import { now, sleep } from '../e2e/lib/clock.mjs';
import { holds, same } from '../e2e/lib/expect.mjs';
import { eventually } from '../e2e/lib/eventually.mjs';
import { OrderLoad } from '../e2e/lib/order_load.mjs';
import { openShop, scenario } from '../e2e/lib/scenario.mjs';
import { milliseconds } from '../e2e/lib/statistics.mjs';

const kOrders = 10_000;
const kKills = [2_200, 3_400, 4_600, 5_800, 7_000]; // orders that are final when the worker dies
const kAhead = 900; // how far the clients may be ahead, so that there is work in flight to lose
const kRecoveryLimit = 10_000;

scenario(import.meta.url, { within: 600_000 }, async ({ steps, system, world }) => {
  let shop;
  let load;
  await steps.chapter('Orders', () =>
    steps.step('8 customers, 3 products, 32 clients start to order', async () => {
      shop = await openShop(world, { products: [['Plenty', 1_000_000], ['Enough', 5_000], ['Few', 500]] });
      load = new OrderLoad({ shop: world.shop, tokens: shop.tokens, lines: linesOf(shop.products), limit: kOrders, cap: kKills[0] + kAhead });
      load.start();
    }));
  if (!load) return;
  await steps.chapter('Kills', async () => {
    for (const [index, threshold] of kKills.entries()) {
      await steps.step((figures) => `kill ${index + 1}: ${figures ?? `an order becomes final within ${kRecoveryLimit} ms`}`, () =>
        killAndRecover({ system, audit: shop.audit, load, threshold, nextCap: capAfter(index) }));
    }
  });
  await steps.chapter('The books', () => books({ steps, load, ...shop }));
});

function capAfter(index) {
  return index + 1 < kKills.length ? kKills[index + 1] + kAhead : Infinity;
}

// One to three lines; the products run out one after the other, so that some orders are rejected.
function linesOf([plenty, enough, few]) {
  return (number) => {
    const lines = [[plenty, 1 + (number % 3)]];
    if (number % 2 === 0) lines.push([enough, 1]);
    if (number % 7 === 0) lines.push([few, 1]);
    return lines;
  };
}

async function killAndRecover({ system, audit, load, threshold, nextCap }) {
  await eventually(`${threshold} orders are final`, async () => (await audit.finalCount()) >= threshold, { within: 60_000, every: 10 });
  const killedAt = await system.strike('worker-1', 'SIGKILL');
  // What it had sent to PostgreSQL before it died may still be committed; that is no recovery.
  await sleep(100);
  const finalAtKill = await audit.finalCount();
  holds(`${finalAtKill} orders were final at the kill, outside of 2,000 to 8,000`, finalAtKill >= 2_000 && finalAtKill <= 8_000);
  load.cap = nextCap;
  await eventually('a newly final order', async () => (await audit.finalCount()) > finalAtKill, { within: 60_000, every: 20 });
  const took = now() - killedAt;
  const figures = `at ${finalAtKill} final orders, the next one came after ${milliseconds(took)}`;
  if (took >= kRecoveryLimit) throw new Error(`${figures}, which is too late`);
  return figures;
}

async function books({ steps, load, tap, audit }) {
  load.cap = Infinity;
  await steps.step('all 10,000 were answered with 201', async () => {
    await load.finished();
    same('refusals', load.refusals(), 'none');
    same('201s', load.acknowledged.length, kOrders);
  });
  await steps.step((statuses) => `every order is final${statuses ? `: ${JSON.stringify(statuses)}` : ''}`, () =>
    audit.everyOrderIsFinal(load.acknowledged, 60_000));
  await steps.step('at most one reserve movement per order and product', () => audit.movementsMatchOrders());
  await steps.step('opening stock and movements add up to the stock', () => audit.stockAddsUp());
  await steps.step((repeats) => `one outcome event per order, in PostgreSQL and on Kafka${repeats ? ` (${repeats} records repeated a ce_id)` : ''}`, () =>
    audit.oneOutcomeEventPerOrder(tap));
  await steps.step('nothing was dead-lettered', () => audit.nothingWasDeadLettered(tap));
}
