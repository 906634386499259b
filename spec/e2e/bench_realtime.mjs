#!/usr/bin/env node
// bin/bench realtime, second part: from the commit in PostgreSQL to the event in a client's hands, with
// the whole shop at work: POST /orders at a steady rate by a load program of C++, web, relay, Kafka,
// worker, realtime, ten customers with socket.io-client. The commit's time is PostgreSQL's own
// (track_commit_timestamp). bin/bench sets the environment.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { io } from 'socket.io-client';

import { cpuOfFamily, freePort, run, Servers } from './bench/programs.mjs';
import { conclude, verdict } from './bench/verdict.mjs';
import { now, sleep } from './lib/clock.mjs';
import { eventually } from './lib/eventually.mjs';
import { Shop } from './lib/shop.mjs';
import { ShopDatabase } from './lib/shop_database.mjs';
import { percentile } from './lib/statistics.mjs';

const kTargets = { p50: 10, p99: 50 };
const kRoundsToWarmUp = 3;
const { values: options } = parseArgs({
  options: {
    'latency-rounds': { type: 'string', default: '5' },
    seconds: { type: 'string', default: '60' },
    rate: { type: 'string', default: '500' },
    customers: { type: 'string', default: '10' },
  },
});
const rounds = Number(options['latency-rounds']);
const seconds = Number(options.seconds);
const rate = Number(options.rate);
const env = (name) => process.env[name] ?? (() => { throw new Error(`set ${name}, or run bin/bench realtime`); })();
const folder = path.join(env('CARAFE_STATE_DIR'), 'requests');
const servers = new Servers();
const db = new ShopDatabase(env('DATABASE_URL'));

// Milliseconds since the epoch, finer than Date.now().
const clock = () => performance.timeOrigin + performance.now();

class Customer {
  arrived = new Map(); // event id -> when

  async open(shop, port, index) {
    this.account = await db.createAccount(`bench-${index}`);
    this.token = await shop.signIn(this.account);
    this.socket = io(`http://127.0.0.1:${port}`, { auth: { token: this.token }, transports: ['websocket'], forceNew: true });
    for (const event of ['order:created', 'order:updated']) {
      this.socket.on(event, ({ event_id: id }) => { if (!this.arrived.has(id)) this.arrived.set(id, clock()); });
    }
    this.socket.on('resync', ({ reason }) => console.error(`bench realtime: resync, ${reason}`));
    await new Promise((resolve) => { this.socket.on('connection:success', resolve); });
  }

  // The load program's request, as a file.
  request(product) {
    const body = JSON.stringify({ items: [{ product_id: product.id, quantity: 1 }] });
    const file = path.join(folder, `order-${this.account.id}`);
    writeFileSync(file, `POST /orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${this.token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    return file;
  }
}

async function start() {
  mkdirSync(folder, { recursive: true });
  const ports = { web: await freePort(), realtime: await freePort() };
  const shop = env('SHOP_BINARY');
  const pids = { PostgreSQL: Number(env('POSTGRES_PID')), Kafka: Number(env('KAFKA_PID')) };
  const begin = async (name, port, variables, args = []) => {
    const ops = await freePort();
    const child = await servers.start(shop, [name, ...args], port ?? ops, { env: { ...process.env, OPS_PORT: String(ops), ...variables }, log: 'inherit' });
    await eventually(`${name} is ready`, async () => (await fetch(`http://127.0.0.1:${ops}/readyz`)).ok, { within: 60_000, every: 100 });
    pids[name] = child.pid;
  };
  await begin('realtime', ports.realtime, { REALTIME_PORT: String(ports.realtime) });
  // No payment gateway runs here, so the group that asks one would only report that it is away.
  await begin('worker', undefined, {}, ['--groups', 'shop-inventory', 'shop-orders']);
  await begin('web', ports.web, { PORT: String(ports.web) });
  return { ports, pids };
}

// From the commit that placed an order to the commit that confirmed it, in milliseconds.
function timesToConfirm(events) {
  const placed = new Map(events.filter(({ topic }) => topic === 'order.created').map((event) => [event.order_id, Number(event.committed)]));
  return events.filter(({ topic, order_id: id }) => topic === 'order.updated' && placed.has(id)).map((event) => Number(event.committed) - placed.get(event.order_id));
}

async function round({ customers, ports, pids, requests }) {
  for (const customer of customers) customer.arrived.clear();
  const { xid } = await db.row('SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS xid');
  const cpu = Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuOfFamily(pid)]));
  const own = process.cpuUsage();
  const startedAt = now();
  const { failed } = JSON.parse(await run(env('HTTP_BENCH'), [
    'load', String(ports.web), ...requests, '--rate', String(rate), '--seconds', String(seconds), '--connections', String(2 * customers.length)]));
  const took = (now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(own);
  const used = Object.entries(cpu).map(([name, before]) => `${name} ${((cpuOfFamily(pids[name]) - before) / took).toFixed(2)}`);
  const due = await db.rows(
    `SELECT event_id, user_id, order_id, topic, extract(epoch FROM pg_xact_commit_timestamp(xid::xid)) * 1000 AS committed
     FROM domain_events WHERE xid >= $1::xid8 AND topic IN ('order.created', 'order.updated') AND user_id = ANY($2::uuid[])`,
    xid, customers.map(({ account }) => account.id),
  );
  const byId = new Map(customers.map((customer) => [customer.account.id, customer]));
  await eventually('every event has arrived', () => due.every((row) => byId.get(row.user_id).arrived.has(row.event_id)), { within: 10_000 }).catch(() => {});
  const latencies = due.filter((row) => byId.get(row.user_id).arrived.has(row.event_id))
    .map((row) => byId.get(row.user_id).arrived.get(row.event_id) - Number(row.committed));
  const result = { confirmed: percentile(timesToConfirm(due), 0.5), orders: due.length / 2 / took, p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), missed: due.length - latencies.length, failed };
  console.log(`${result.orders.toFixed(0)} orders/s, ${due.length} events: p50 ${result.p50.toFixed(1)} ms, p99 ${result.p99.toFixed(1)} ms; ` +
    `${result.missed} missed, ${failed} requests failed; confirmed ${result.confirmed.toFixed(1)} ms after it was placed (p50); CPU ${used.join(', ')}, this program ${((user + system) / 1e6 / took).toFixed(2)}`);
  return result;
}

async function measure() {
  const { ports, pids } = await start();
  const shop = new Shop(`http://127.0.0.1:${ports.web}`);
  shop.signIn = async ({ email, password }) => (await shop.http.post('/sessions', { email, password })).body.token;
  const product = await db.createProduct('Bench', 100_000_000);
  const customers = [];
  for (let index = 0; index < Number(options.customers); ++index) {
    const customer = new Customer();
    await customer.open(shop, ports.realtime, index);
    customers.push(customer);
  }
  console.log(`commit to client: ${rounds} rounds of ${seconds} s at ${rate} orders/s (POST /orders, evenly spaced, by carafe_http_bench load), ${customers.length} customers`);
  const subject = { customers, ports, pids, requests: customers.map((customer) => customer.request(product)) };
  const results = [];
  // The first rounds do not count: plans are made, the broker's JVM compiles what it runs most for
  // minutes, and a database in service has statistics.
  for (let index = 0; index < kRoundsToWarmUp; ++index) await round(subject);
  await db.rows('ANALYZE');
  for (let index = 0; index < rounds; ++index) {
    results.push(await round(subject));
    await sleep(1_000);
  }
  const median = (figure) => percentile(results.map((result) => result[figure]), 0.5);
  const verdicts = Object.entries(kTargets).map(([figure, limit]) =>
    verdict(`median ${figure} ${median(figure).toFixed(1)} ms, at most ${limit} ms`, median(figure) <= limit));
  verdicts.push(verdict('every event arrives', results.every(({ missed }) => missed === 0)));
  for (const { socket } of customers) socket.close();
  shop.close();
  return verdicts.every(Boolean);
}

await conclude(measure, async () => {
  await servers.end();
  rmSync(folder, { recursive: true, force: true });
  return db.close();
});
