#!/usr/bin/env node
// Makes orders to look at, in a shop that runs with the demo data: a few customers order one to
// three of what there is. bin/up --seed-orders N calls it.
//
//   node spec/e2e/seed_orders.mjs 100
//
// Environment: GATEWAY_PORT, KAFKA_BROKERS, DATABASE_URL (bin/up sets them).
import { endpoints } from './lib/environment.mjs';
import { OrderLoad } from './lib/order_load.mjs';
import { World } from './lib/world.mjs';

const kClients = 8;
const kCustomers = 4;

async function main() {
  const count = Number(process.argv[2]);
  if (!Number.isInteger(count) || count < 1) {
    console.error(`usage: ${process.argv[1]} COUNT`);
    return 2;
  }
  const world = new World(endpoints());
  try {
    const names = Array.from({ length: kCustomers }, (_, index) => `customer-${index + 1}`);
    const customers = await Promise.all(names.map((name) => world.account(name)));
    const products = await world.db.rows('SELECT id FROM products WHERE archived_at IS NULL ORDER BY sku');
    const lines = (n) => [[products[n % products.length], 1 + (n % 3)]];
    const load = new OrderLoad({ shop: world.shop, tokens: customers.map(({ token }) => token), lines, clients: kClients, limit: count });
    load.start();
    await load.finished();
    console.log(`${load.acknowledged.length} orders placed, refused: ${load.refusals()}`);
    return load.acknowledged.length === count ? 0 : 1;
  } finally {
    await world.close();
  }
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
