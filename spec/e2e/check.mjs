#!/usr/bin/env node
// Proves a running system from outside, over HTTP, Kafka, PostgreSQL and Socket.IO, on real parts.
// bin/up --check calls it; it can be run again and again on a system with data.
//
//   node spec/e2e/check.mjs            all of it; exit 0 when every step holds, else 1
//   node spec/e2e/check.mjs --sample   place one order, follow it and print its trace
//
// Environment: GATEWAY_PORT, KAFKA_BROKERS, DATABASE_URL (bin/up sets them); without them it looks
// for the bin/up that runs in this checkout.
import { deadLettersBadRecords, showsAndRedrives } from './check/bad_records.mjs';
import { cancelsAnOrder, confirmsAnOrder, rejectsAnOrder } from './check/orders.mjs';
import { SteadyOrders } from './check/steady_orders.mjs';
import { timesIdleOrders, tracesAnOrder } from './check/timing.mjs';
import { endpoints } from './lib/environment.mjs';
import { same } from './lib/expect.mjs';
import { password } from './lib/shop_database.mjs';
import { Steps } from './lib/steps.mjs';
import { System } from './lib/system.mjs';
import { traceOrder, traceTable } from './lib/trace.mjs';
import { World } from './lib/world.mjs';

const kTopics = ['inventory', 'orders', 'order.created', 'order.updated', 'order.cancelled', 'inventory.dlq'];

async function main() {
  const usage = `usage: ${process.argv[1]} [--sample]`;
  const [option, ...rest] = process.argv.slice(2);
  if (rest.length > 0 || (option && option !== '--sample')) {
    console.error(usage);
    return 2;
  }
  const world = new World(process.env.DATABASE_URL ? endpoints() : System.attach().endpoints);
  try {
    return option === '--sample' ? await sample(world) : await check(world);
  } finally {
    await world.close();
  }
}

async function sample(world) {
  await world.kafka.connect();
  world.tap = await world.kafka.tap(['inventory', 'order.updated']);
  const user = await demoCustomer(world);
  const product = await demoProduct(world);
  const session = await world.session(user);
  const { shop, db, tap } = world;
  console.log(traceTable(await traceOrder({ shop, db, tap, token: user.token, session, product })));
  return 0;
}

// The demo data that bin/up loads; on a database of somebody's own, an account and a product that
// are shut again afterwards.
async function demoCustomer(world) {
  try {
    return { token: await world.shop.signIn({ email: 'ada@example.com', password }) };
  } catch {
    return world.account('sample');
  }
}

async function demoProduct(world) {
  const stocked = await world.db.row(
    `SELECT id FROM products JOIN stock ON product_id = id WHERE sku = 'CARAFE-1L' AND archived_at IS NULL AND quantity > 0`,
  );
  return stocked ?? world.product('Sample', 10);
}

async function check(world) {
  const steps = new Steps();
  let context;
  await steps.chapter('Connecting', async () => (context = await connect(steps, world)));
  if (context) await chapters(steps, context);
  return steps.finish();
}

async function connect(steps, world) {
  const [user, admin, steady] = await steps.step('sign in through the gateway: two customers, one admin', () =>
    Promise.all([world.account('customer'), world.account('admin', 'admin'), world.account('steady')]));
  await steps.step('socket.io-client connects with default options and is told who it is', async () => {
    for (const account of [user, admin, steady]) {
      account.session = await world.session(account);
      const { role, user_id: id } = account.session.welcome;
      same('connection:success', { role, id }, { role: account.role, id: account.id });
    }
    await Promise.all([user.session.subscribe('orders'), admin.session.subscribe('admin')]);
  });
  await steps.step('an outside Kafka client (KafkaJS) follows the topics', async () => {
    await world.kafka.connect();
    world.tap = await world.kafka.tap(kTopics);
  });
  const [product, ...scarce] = await Promise.all([
    world.product('Plentiful', 100_000), world.product('Scarce', 3), world.product('Scarcer', 1),
  ]);
  return { steps, world, user, admin, steady, product, scarce };
}

async function chapters(steps, context) {
  let confirmed;
  await steps.chapter('An order is confirmed', async () => (confirmed = await confirmsAnOrder(context)));
  await steps.chapter('An order is rejected', () => rejectsAnOrder(context));
  if (confirmed) {
    await steps.chapter('The confirmed order is cancelled', () => cancelsAnOrder({ ...context, confirmed }));
  }
  await badRecords(steps, context);
  await steps.chapter('How long it takes', async () => {
    await tracesAnOrder(context);
    await timesIdleOrders(context);
  });
}

async function badRecords(steps, context) {
  const load = new SteadyOrders({ ...context, user: context.steady });
  load.start();
  let bad;
  await steps.chapter('Bad records become dead letters', async () => (bad = await deadLettersBadRecords({ ...context, load })));
  if (bad) await steps.chapter('Dead letters are shown and redriven', () => showsAndRedrives({ ...context, load, ...bad }));
  await steps.chapter('Good orders all the while', () =>
    steps.step((figures) => `every one was confirmed${figures ? `: ${figures}` : ''}`, () => load.stop()));
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(`✗ ${error.message}`);
    process.exit(1);
  },
);
