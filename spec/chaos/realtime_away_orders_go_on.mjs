#!/usr/bin/env node
// Realtime is killed and stays away for 10 s under load: orders are taken and become final as if
// nothing had happened. When it is back, an open browser reconnects by itself and sees new orders.
import { now, sleep } from '../e2e/lib/clock.mjs';
import { same, holds } from '../e2e/lib/expect.mjs';
import { eventually } from '../e2e/lib/eventually.mjs';
import { OrderLoad } from '../e2e/lib/order_load.mjs';
import { openShop, scenario } from '../e2e/lib/scenario.mjs';
import { milliseconds, summary } from '../e2e/lib/statistics.mjs';

const kAway = 10_000;
const kFinalWithin = 2_000;

scenario(import.meta.url, { within: 300_000 }, async ({ steps, system, world }) => {
  await steps.chapter('Realtime is away for 10 s', async () => {
    const shop = await steps.step('a customer with an open browser, and load', () =>
      openShop(world, { products: [['Plenty', 1_000_000]] }));
    const { accounts: [customer], tokens, products, audit } = shop;
    const session = await world.session(customer);
    const load = new OrderLoad({ shop: world.shop, tokens, pause: 100, lines: () => [[products[0], 1]] });
    load.start();
    await sleep(2_000);
    await steps.step((figures) => `orders are taken and become final${figures ? `: ${figures}` : ''}`, async () => {
      system.hold('realtime-1');
      const from = await system.strike('realtime-1', 'SIGKILL');
      await sleep(kAway - kFinalWithin);
      const statuses = await finalSoon(audit, load);
      const latencies = load.latencies(from, now());
      same('refusals', load.refusals(), 'none');
      holds('there was load', latencies.length > 100);
      return `${JSON.stringify(statuses)}, 201 ${summary(latencies)}`;
    });
    await steps.step((took) => `once it is back, the browser reconnects and sees a new order${took ? ` (${milliseconds(took)})` : ''}`, async () => {
      system.release('realtime-1');
      const backAt = now();
      await eventually('the browser is welcomed again', () => session.events.filter(({ name }) => name === 'connection:success').length >= 2, { within: 30_000 });
      const { body } = await world.shop.placeOrder(customer.token, [[products[0], 1]]);
      await session.event('order:updated', ({ order }) => order?.id === body.id && order.status === 'confirmed');
      return now() - backAt;
    });
    await load.stop();
    await steps.step('every order is final, nothing lost or doubled', async () => {
      await audit.everyOrderIsFinal(load.acknowledged, 30_000);
      await audit.movementsMatchOrders();
      await audit.stockAddsUp();
      await audit.oneOutcomeEventPerOrder(shop.tap);
      audit.nothingWasDeadLettered(shop.tap);
    });
  });
});

// What was taken until now is final within 2 s, with realtime still away.
async function finalSoon(audit, load) {
  const ids = load.acknowledged.length;
  await eventually(`${ids} orders are final`, async () => (await audit.finalCount()) >= ids, { within: kFinalWithin, every: 50 });
  return audit.statuses();
}
