#!/usr/bin/env node
// bin/bench backlog and bin/bench rolling: the shop's worker and its orders, on servers that bin/bench
// started.
//   backlog  one worker fulfils pending orders of two lines, beside the same SQL without worker and Kafka
//   rolling  three workers, stopped and started again one after the other under load: how long no order
//            becomes final
import { writeFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { freePort, run, Servers } from './bench/programs.mjs';
import { conclude, verdict } from './bench/verdict.mjs';
import { now, sleep } from './lib/clock.mjs';
import { eventually } from './lib/eventually.mjs';
import { Shop } from './lib/shop.mjs';
import { ShopDatabase } from './lib/shop_database.mjs';
import { percentile } from './lib/statistics.mjs';

const { values: options, positionals: [subject] } = parseArgs({
  allowPositionals: true,
  options: {
    orders: { type: 'string', default: '60000' },
    rounds: { type: 'string', default: '3' },
    restarts: { type: 'string', default: '6' },
    rate: { type: 'string', default: '100' },
  },
});
const env = (name) => process.env[name] ?? (() => { throw new Error(`set ${name}, or run bin/bench ${subject}`); })();
const servers = new Servers();
const db = new ShopDatabase(env('DATABASE_URL'));
const shopProgram = env('SHOP_BINARY');

async function begin(name, variables = {}, port = undefined) {
  const ops = await freePort();
  const child = await servers.start(shopProgram, [name], port ?? ops, { env: { ...process.env, OPS_PORT: String(ops), ...variables }, log: 'inherit' });
  await eventually(`${name} is ready`, async () => (await fetch(`http://127.0.0.1:${ops}/readyz`)).ok, { within: 60_000, every: 50 });
  return child;
}

// --- backlog ----------------------------------------------------------------------------------

const kProducts = 200;
const kBatch = 500;
const kPartitions = 3;

// Pending orders of two lines each, as POST /orders leaves them; with their commands, if a worker is to
// fulfil them.
async function placeOrders(count, account, products, { commands }) {
  await db.rows(
    `WITH placed AS (
       INSERT INTO orders (id, user_id, total_minor, currency, created_at, updated_at)
       SELECT gen_random_uuid(), $1, 5998, 'USD', now(), now() FROM generate_series(1, $2::integer) RETURNING id
     ), numbered AS (SELECT id, row_number() OVER () AS n FROM placed
     ), items AS (
       INSERT INTO order_items (order_id, product_id, position, sku, name, quantity, unit_price_minor)
       SELECT id, ($3::uuid[])[1 + (n * 2 + line) % $4], line + 1, 'BENCH', 'Bench', 1, 2999 FROM numbered, generate_series(0, 1) line
     )
     INSERT INTO outbox (shard, topic, key, payload, headers)
     SELECT n % 16, 'inventory', convert_to(id::text, 'UTF8'), convert_to('{"order_id":"' || id || '"}', 'UTF8'),
            '[["ce_type", "STOCK_RESERVE_REQUEST"], ["ce_specversion", "1.0"]]'
     FROM numbered WHERE $5::boolean`,
    account.id, count, products.map(({ id }) => id), kProducts, commands,
  );
  await db.rows('ANALYZE orders, order_items, stock');
}

const pending = async () => Number((await db.row(`SELECT count(*) FROM orders WHERE status = 'pending'`)).count);

// Orders a second, from the first that becomes final to the last.
async function drainedByWorker(count) {
  const { at } = await db.row('SELECT clock_timestamp() AS at');
  const worker = await begin('worker');
  await eventually('no order is pending', async () => {
    process.stderr.write(`\r${count - await pending()} of ${count} orders are final`);
    return (await pending()) === 0;
  }, { within: 120_000, every: 250 });
  process.stderr.write('\n');
  const { seconds } = await db.row(
    `SELECT extract(epoch FROM max(updated_at) - min(updated_at))::float8 AS seconds FROM orders WHERE updated_at > $1`, at);
  await eventually('every event is published', async () => Number((await db.row('SELECT count(*) FROM outbox')).count) === 0, { within: 60_000 });
  await servers.end(worker);
  return count / seconds;
}

async function backlog() {
  const kTarget = 0.5;
  const count = Number(options.orders);
  const account = await db.createAccount('bench');
  const products = [];
  for (let index = 0; index < kProducts; ++index) products.push(await db.createProduct(`Bench ${index}`, 100_000_000));
  const ratios = [];
  for (let round = 1; round <= Number(options.rounds); ++round) {
    await placeOrders(count, account, products, { commands: false });
    const alone = JSON.parse(await run(env('FULFIL_ORDERS'), [String(kBatch), String(kPartitions)]));
    await db.rows('TRUNCATE outbox');
    await placeOrders(count, account, products, { commands: true });
    const publisher = await begin('web', { PORT: String(await freePort()) });
    await eventually('the commands are published', async () => Number((await db.row('SELECT count(*) FROM outbox')).count) === 0, { within: 60_000 });
    await servers.end(publisher);
    const worker = await drainedByWorker(count);
    const sql = alone.orders / alone.seconds;
    ratios.push(worker / sql);
    console.log(`round ${round}: the SQL alone ${sql.toFixed(0)} orders/s, a worker ${worker.toFixed(0)} orders/s: ${(worker / sql).toFixed(2)}`);
  }
  const ratio = percentile(ratios, 0.5);
  return verdict(`a worker fulfils at ${ratio.toFixed(2)} of the rate of its SQL, at least ${kTarget}`, ratio >= kTarget);
}

// --- rolling ----------------------------------------------------------------------------------

async function rolling() {
  const kLongest = 3;
  const restarts = Number(options.restarts);
  const port = await freePort();
  await begin('web', { PORT: String(port) }, port);
  const workers = [await begin('worker'), await begin('worker'), await begin('worker')];
  const shop = new Shop(`http://127.0.0.1:${port}`);
  const account = await db.createAccount('bench');
  const product = await db.createProduct('Bench', 100_000_000);
  const { body: { token } } = await shop.http.post('/sessions', { email: account.email, password: account.password });
  const body = JSON.stringify({ items: [{ product_id: product.id, quantity: 1 }] });
  mkdirSync(env('CARAFE_STATE_DIR'), { recursive: true });
  const file = path.join(env('CARAFE_STATE_DIR'), 'order');
  writeFileSync(file, `POST /orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  const seconds = 10 + restarts * 6;
  const load = run(env('HTTP_BENCH'), ['load', String(port), file, '--rate', options.rate, '--seconds', String(seconds), '--connections', '4']);
  const from = now();
  await sleep(5_000);
  const { at } = await db.row('SELECT clock_timestamp() AS at');
  for (let restart = 0; restart < restarts && now() - from < seconds * 1_000; ++restart) {
    const slot = restart % workers.length;
    const stopped = now();
    await servers.end(workers[slot]);
    const took = now() - stopped;
    workers[slot] = await begin('worker');
    console.log(`restart ${restart + 1} of ${restarts}: stopped in ${took.toFixed(0)} ms, ready again after ${(now() - stopped).toFixed(0)} ms`);
    await sleep(2_000);
  }
  const { until } = await db.row('SELECT clock_timestamp() AS until');
  const { failed } = JSON.parse(await load);
  await eventually('no order is pending', async () => (await pending()) === 0, { within: 60_000 });
  const { longest, orders } = await db.row(
    `SELECT max(gap)::float8 AS longest, count(*)::integer AS orders FROM (
       SELECT extract(epoch FROM updated_at - lag(updated_at) OVER (ORDER BY updated_at)) AS gap
       FROM orders WHERE updated_at BETWEEN $1 AND $2 AND status <> 'pending') gaps`, at, until);
  shop.close();
  console.log(`${orders} orders became final during ${restarts} restarts, at ${options.rate} a second; ${failed} requests failed`);
  return verdict(`the longest time without an order becoming final is ${longest.toFixed(2)} s, at most ${kLongest} s`, orders > 0 && longest <= kLongest);
}

await conclude({ backlog, rolling }[subject], () => {
  servers.stop();
  return db.close();
});
