#!/usr/bin/env node
// 32 clients order 2,000 pieces of one product of which there are 1,000: 1,000 orders are
// confirmed, 1,000 rejected, none is left pending, and the stock is 0.
import { now } from '../e2e/lib/clock.mjs';
import { same } from '../e2e/lib/expect.mjs';
import { OrderLoad } from '../e2e/lib/order_load.mjs';
import { openShop, scenario } from '../e2e/lib/scenario.mjs';
import { milliseconds, summary } from '../e2e/lib/statistics.mjs';

const kClients = 32;
const kOrders = 2_000;
const kStock = 1_000;

scenario(import.meta.url, { within: 300_000 }, async ({ steps, world }) => {
  await steps.chapter('One hot product', async () => {
    const { tap, tokens, products, audit } = await steps.step(`a product with a stock of ${kStock}`, () =>
      openShop(world, { customers: 16, products: [['Hot', kStock]] }));
    const load = new OrderLoad({ shop: world.shop, tokens, clients: kClients, limit: kOrders, lines: () => [[products[0], 1]] });
    const startedAt = now();
    await steps.step((figures) => `${kClients} clients place ${kOrders} orders${figures ? `: ${figures}` : ''}`, async () => {
      load.start();
      await load.finished();
      same('refusals', load.refusals(), 'none');
      return `201 ${summary(load.latencies())}`;
    });
    await steps.step((took) => `${kStock} are confirmed, ${kOrders - kStock} rejected, none is pending${took ? ` (${took} after the first POST)` : ''}`, async () => {
      const statuses = await audit.everyOrderIsFinal(load.acknowledged, 60_000);
      same('orders by status', statuses, { confirmed: kStock, rejected: kOrders - kStock });
      return milliseconds(now() - startedAt);
    });
    await steps.step('the stock is 0 and adds up', async () => {
      same('stock', await world.db.stockOf(products[0]), 0);
      await audit.stockAddsUp();
      await audit.movementsMatchOrders();
    });
    await steps.step('one outcome event per order', () => audit.oneOutcomeEventPerOrder(tap));
    await steps.step('nothing was dead-lettered', () => audit.nothingWasDeadLettered(tap));
  });
});
