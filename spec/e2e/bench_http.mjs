#!/usr/bin/env node
// bin/bench http: what the HTTP side costs, beside what it stands on, in one run and in turn:
//   GET /hello       by the framework, by Pistache alone, by nginx `return 200`; one worker thread each
//   GET /orders/:id  by the shop, beside pgbench running the shop's own statement
//   POST /orders     the same, and PostgreSQL's CPU time for each order
// Ratios are medians of the ratios within a round. bin/bench sets the environment.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { freePort, pgbench, run, Servers, wrk, cpuOfFamily } from './bench/programs.mjs';
import { pgbenchScript, statementsOf } from './bench/statements.mjs';
import { sleep } from './lib/clock.mjs';
import { same } from './lib/expect.mjs';
import { Shop } from './lib/shop.mjs';
import { ShopDatabase } from './lib/shop_database.mjs';
import { percentile } from './lib/statistics.mjs';

const kTargets = { hello: 0.9, 'GET /orders/:id': 0.5, 'POST /orders': 0.5 };

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '8' },
    only: { type: 'string', default: '' },
  },
});
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
const connections = Number(options.connections);
const env = (name) => process.env[name] ?? (() => { throw new Error(`set ${name}, or run bin/bench http`); })();
const folder = env('CARAFE_STATE_DIR');
const http = { base: (port) => `http://127.0.0.1:${port}` };
const servers = new Servers();

const median = (values) => percentile(values, 0.5);
const wanted = (name) => options.only === '' || name.includes(options.only);

// {subject: [run, ...]} of `rounds` rounds; each round runs every subject once, one after the other.
async function inTurn(title, subjects) {
  const runs = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let round = 0; round < rounds; ++round) {
    const line = [];
    for (const [name, measure] of Object.entries(subjects)) {
      const result = await measure(round);
      runs[name].push(result);
      line.push(`${name} ${Math.round(result.perSecond)}/s`);
    }
    console.error(`${title}, round ${round + 1} of ${rounds}: ${line.join(', ')}`);
  }
  return runs;
}

const ratio = (runs, ours, base) => median(runs[ours].map((run_, round) => run_.perSecond / runs[base][round].perSecond));
// Microseconds of CPU for each request: what other load on the machine does not change much.
const cpuOf = (runs, name, of = 'cpu') => Math.round(median(runs[name].map((result) => result[of])) * 1e7) / 10;
const rate = (runs, name) => Math.round(median(runs[name].map(({ perSecond }) => perSecond)));

// The steady load at half of what was reached.
async function atHalf(port, request, perSecond) {
  const file = path.join(folder, 'request');
  writeFileSync(file, request);
  const args = ['load', String(port), file, '--rate', String(Math.max(1, Math.floor(perSecond / 2))), '--seconds', String(seconds), '--connections', String(connections)];
  const times = JSON.parse(await run(env('HTTP_BENCH'), args));
  same('failed requests at half load', times.failed, 0);
  return { rate: Math.floor(perSecond / 2), p50_ms: times.p50_ms, p99_ms: times.p99_ms };
}

async function hello() {
  const ports = { carafe: await freePort(), pistache: await freePort(), nginx: await freePort() };
  const pids = {};
  for (const name of ['carafe', 'pistache']) pids[name] = (await servers.start(env('HTTP_BENCH'), [name, String(ports[name])], ports[name])).pid;
  const nginx = path.join(folder, 'nginx-hello');
  mkdirSync(nginx, { recursive: true });
  writeFileSync(path.join(nginx, 'nginx.conf'), `
worker_processes 1; daemon off; pid ${nginx}/pid; error_log stderr;
events { worker_connections 1000; }
http { access_log off; default_type application/json; keepalive_requests 1000000000;
  client_body_temp_path ${nginx}/t; proxy_temp_path ${nginx}/t; fastcgi_temp_path ${nginx}/t; uwsgi_temp_path ${nginx}/t; scgi_temp_path ${nginx}/t;
  server { listen 127.0.0.1:${ports.nginx}; location / { return 200 '{"message":"hello, world"}'; } } }`);
  pids.nginx = (await servers.start('nginx', ['-p', nginx, '-c', `${nginx}/nginx.conf`, '-e', 'stderr'], ports.nginx)).pid;
  // Pistache closes what does not ask to be kept.
  const ask = (name) => async () => {
    const before = cpuOfFamily(pids[name]);
    const result = await wrk(`${http.base(ports[name])}/hello`, { connections: 32, seconds, headers: ['Connection: keep-alive'] });
    same(`${name}: failed requests`, result.failed, 0);
    return { ...result, cpu: (cpuOfFamily(pids[name]) - before) / result.requests };
  };
  const runs = await inTurn('hello', { pistache: ask('pistache'), carafe: ask('carafe'), nginx: ask('nginx') });
  const request = 'GET /hello HTTP/1.1\r\nHost: a\r\n\r\n';
  return {
    name: 'hello', unit: 'requests/s', ours: rate(runs, 'carafe'), base: rate(runs, 'pistache'), base_name: 'Pistache alone',
    ratio: ratio(runs, 'carafe', 'pistache'), half: await atHalf(ports.carafe, request, Math.min(rate(runs, 'carafe'), 40_000)),
    cpu_us: cpuOf(runs, 'carafe'), base_cpu_us: cpuOf(runs, 'pistache'), nginx: rate(runs, 'nginx'), nginx_ratio: ratio(runs, 'carafe', 'nginx'),
  };
}

// The shop's web beside pgbench. While pgbench runs the web is stopped, so that its relay does not
// publish what pgbench wrote; that is thrown away after it.
class Orders {
  async open() {
    this.db = new ShopDatabase(env('DATABASE_URL'));
    this.port = await freePort();
    const environment = { ...process.env, PORT: String(this.port), OPS_PORT: String(await freePort()) };
    this.web = await servers.start(env('SHOP_BINARY'), ['web'], this.port, { env: environment, log: 'inherit' });
    this.account = await this.db.createAccount('bench');
    // Where orders are limited per user, not this one's.
    await this.db.rows('UPDATE users SET orders_per_minute = 0 WHERE id = $1', this.account.id).catch((error) => {
      if (error.code !== '42703') throw error;
    });
    this.products = [await this.db.createProduct('Bench A', 1), await this.db.createProduct('Bench B', 1)];
    this.shop = new Shop(http.base(this.port));
    this.token = await this.shop.signIn(this.account);
    this.order = (await this.place()).body;
    // So many that the server plans for tables that grow, and not to read the one page there is.
    for (let n = 0; n < 1_000; n += 20) await Promise.all(Array.from({ length: 20 }, () => this.place()));
  }

  place() {
    return this.shop.placeOrder(this.token, this.products.map((product) => [product, 2]));
  }

  headers() {
    return [`Authorization: Bearer ${this.token}`];
  }

  body() {
    return JSON.stringify({ items: this.products.map(({ id }) => ({ product_id: id, quantity: 2 })) });
  }

  async pgbench(script, round) {
    this.web.kill('SIGSTOP');
    await sleep(100);
    try {
      return await this.withCpu(() => pgbench(env('PGBENCH'), env('DATABASE_URL'), script, { connections, seconds, first: round * 10_000_000 }));
    } finally {
      await this.db.rows('TRUNCATE outbox');
      this.web.kill('SIGCONT');
      await sleep(500);
    }
  }

  async wrk(url, script) {
    // A connection each for the worker threads, and some so that none of them idles.
    const result = await this.withCpu(() => wrk(url, { connections: connections * 2, seconds, script, headers: this.headers() }));
    same('failed requests', result.failed, 0);
    return result;
  }

  async withCpu(measure) {
    const server = Number(env('POSTGRES_PID'));
    const before = [cpuOfFamily(server), cpuOfFamily(this.web.pid)];
    const result = await measure();
    const spent = [cpuOfFamily(server) - before[0], cpuOfFamily(this.web.pid) - before[1]];
    return { ...result, cpu: spent[0] / result.requests, webCpu: spent[1] / result.requests };
  }

  // The statements of one request, in one script.
  async script(name, request) {
    const known = new Set([this.account.id, this.order.id, ...this.products.map(({ id }) => id)]);
    const statements = await statementsOf(this.db, env('POSTGRES_LOG'), request);
    if (statements.length === 0) throw new Error(`no statement of ${name} was seen in ${env('POSTGRES_LOG')}`);
    const file = path.join(folder, `${name}.sql`);
    writeFileSync(file, statements.map((statement) => pgbenchScript(statement, (id) => !known.has(id))).join('\n'));
    return { file, count: statements.length };
  }

  async measure(name, { file, count }, url, lua, request) {
    await this.db.rows('VACUUM ANALYZE');
    const runs = await inTurn(name, { pgbench: (round) => this.pgbench(file, round), web: () => this.wrk(url, lua) });
    await sleep(2_000);
    return {
      name, unit: 'requests/s', ours: rate(runs, 'web'), base: rate(runs, 'pgbench'), base_name: 'pgbench -M prepared', statements: count,
      ratio: ratio(runs, 'web', 'pgbench'), half: await atHalf(this.port, request, rate(runs, 'web')),
      cpu_us: cpuOf(runs, 'web', 'webCpu'), postgres_cpu_us: cpuOf(runs, 'web'), pgbench_postgres_cpu_us: cpuOf(runs, 'pgbench'),
    };
  }

  async get() {
    const target = `/orders/${this.order.id}`;
    const script = await this.script('get_order', () => this.shop.http.get(target, { token: this.token }));
    const request = `GET ${target} HTTP/1.1\r\nHost: a\r\n${this.headers().join('\r\n')}\r\n\r\n`;
    return this.measure('GET /orders/:id', script, http.base(this.port) + target, undefined, request);
  }

  async post() {
    const script = await this.script('post_order', () => this.place());
    const lua = path.join(folder, 'post_order.lua');
    writeFileSync(lua, `wrk.method = "POST"\nwrk.body = '${this.body()}'\nwrk.headers["Content-Type"] = "application/json"\n`);
    const request = `POST /orders HTTP/1.1\r\nHost: a\r\n${this.headers().join('\r\n')}\r\nContent-Type: application/json\r\nContent-Length: ${this.body().length}\r\n\r\n${this.body()}`;
    return this.measure('POST /orders', script, `${http.base(this.port)}/orders`, lua, request);
  }
}

function print(results) {
  const row = (cells) => `${cells[0].padEnd(18)}${cells.slice(1).map((cell) => String(cell).padStart(14)).join('')}`;
  console.log(row(['', 'ours/s', 'base/s', 'ratio', 'target', 'p50 ms @half', 'p99 ms @half']));
  for (const { name, ours, base, ratio: value, half } of results) {
    console.log(row([name, ours, base, value.toFixed(2), `>= ${kTargets[name]}`, half.p50_ms.toFixed(2), half.p99_ms.toFixed(2)]));
  }
  for (const { name, base_name, nginx, nginx_ratio, statements, cpu_us, base_cpu_us, postgres_cpu_us, pgbench_postgres_cpu_us } of results) {
    const more = nginx ? `; CPU per request: ours ${cpu_us} us, Pistache ${base_cpu_us} us; nginx "return 200": ${nginx}/s, ours is ${nginx_ratio.toFixed(2)} of it`
      : `, ${statements} statement(s) each; CPU per request: web ${cpu_us} us, PostgreSQL ${postgres_cpu_us} us, with pgbench ${pgbench_postgres_cpu_us} us`;
    console.log(`${name}: base is ${base_name}${more}`);
  }
  console.log(`Median of ${rounds} rounds of ${seconds} s, ratios within a round; ${connections} database connections.`);
}

let code = 0;
try {
  const results = [];
  if (wanted('hello')) results.push(await hello());
  if (wanted('GET') || wanted('POST')) {
    const orders = new Orders();
    await orders.open();
    if (wanted('GET')) results.push(await orders.get());
    if (wanted('POST')) results.push(await orders.post());
    await orders.db.close();
    orders.shop.close();
  }
  print(results);
  const file = path.join(folder, 'http.json');
  writeFileSync(file, `${JSON.stringify({ rounds, seconds, connections, results }, null, 2)}\n`);
  console.log(`JSON: ${file}`);
  const missed = results.filter(({ name, ratio: value }) => value < kTargets[name]).map(({ name }) => name);
  if (missed.length > 0) {
    console.error(`below target: ${missed.join(', ')}`);
    code = 1;
  }
} catch (error) {
  console.error(error);
  code = 1;
}
servers.stop();
process.exit(code);
