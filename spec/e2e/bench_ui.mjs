#!/usr/bin/env node
// bin/bench ui: what the web client costs. `lighthouse`: each page's scores, the median of some runs.
// `load`: the administration among many orders and 200 events a second; its long tasks and its heap.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { checkout } from './lib/environment.mjs';
import { System } from './lib/system.mjs';
import { World } from './lib/world.mjs';
import { judge, misses, signInThere } from './ui/bench/lighthouse.mjs';
import * as load from './ui/bench/load_page.mjs';
import { freePort, openBrowser, openProfile } from './ui/lib/browser.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    attach: { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    minutes: { type: 'string', default: '10' },
    orders: { type: 'string', default: '10000' },
    page: { type: 'string', default: '' },
    phone: { type: 'boolean', default: false },
    prepare: { type: 'boolean', default: false },
  },
});
const folder = path.join(checkout, 'tmp', 'bench', 'ui');
mkdirSync(folder, { recursive: true });

async function main() {
  const system = options.attach ? System.attach() : new System({ state: folder, settings: { CARAFE_PRESET: 'release', DATABASE_URL: '', KAFKA_BROKERS: '' } });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => system.stop().finally(() => process.exit(1)));
  if (!options.attach) await system.start({ options: ['--any-ports', '--reset'] });
  const world = new World(system.endpoints, { sockets: 256 });
  const missed = [];
  try {
    if (!positionals.includes('load')) missed.push(...(await lighthousePart(world)));
    if (!positionals.includes('lighthouse')) missed.push(...(await loadPart(world)));
  } finally {
    await world.close();
    if (!options.attach) await system.stop();
  }
  for (const miss of missed) console.log(`MISSED  ${miss}`);
  return missed.length === 0 ? 0 : 1;
}

async function lighthousePart(world) {
  const customer = await world.account('lena');
  const admin = await world.account('adam', 'admin');
  const [shelf] = await world.db.rows('SELECT products.id FROM products JOIN stock ON product_id = products.id WHERE archived_at IS NULL AND quantity > 20 ORDER BY products.id LIMIT 1');
  const order = await world.shop.placeOrder(customer.token, [[shelf, 2]]);
  const groups = [
    [undefined, [['products', '/'], ['product', `/products/${shelf.id}`], ['cart', '/cart'], ['sign-in', '/sign-in'], ['sign-up', '/sign-up']]],
    [customer, [['checkout', '/checkout'], ['orders', '/orders'], ['order', `/orders/${order.body.id}`]]],
    [admin, [
      ['admin', '/admin'], ['admin-orders', '/admin/orders'], ['admin-products', '/admin/products'], ['admin-product', `/admin/products/${shelf.id}`],
      ['admin-inventory', '/admin/inventory'], ['admin-notifications', '/admin/notifications'],
      ['ops', '/ops'], ['ops-topics', '/ops/topics'], ['ops-groups', '/ops/groups'], ['ops-dead-letters', '/ops/dead-letters'],
    ]],
  ];
  const results = [];
  for (const [account, all] of groups) {
    const pages = all.filter(([name]) => name.includes(options.page));
    if (pages.length === 0) continue;
    const port = await freePort();
    const context = await openProfile(port);
    if (account) await signInThere(context, world.gateway, account);
    const say = ({ name, faults, shift, ...scores }) =>
      console.log(`${name.padEnd(20)} performance ${scores.performance}  accessibility ${scores.accessibility}  best practices ${scores['best-practices']}  shift ${shift.toFixed(4)}  ${faults.join(' ')}`);
    results.push(...(await judge({ port, gateway: world.gateway, pages, runs: Number(options.runs), phone: options.phone, say })));
    await context.close();
  }
  writeFileSync(path.join(folder, `lighthouse${options.phone ? '-phone' : ''}.json`), JSON.stringify(results, null, 2));
  return results.flatMap(misses);
}

async function loadPart(world) {
  const customer = await world.account('olga');
  const admin = await world.account('anna', 'admin');
  console.log(`placing ${options.orders} orders ...`);
  const product = await load.fill(world, customer.token, Number(options.orders));
  if (options.prepare) return [];
  const browser = await openBrowser();
  const minutes = Number(options.minutes);
  const say = (minute) => console.log(`  minute ${minute.toFixed(1)} of ${minutes}`);
  const result = await load.useAdministration({ browser, world, admin, customer, product, minutes, say });
  await browser.close();
  const longest = Math.max(0, ...result.tasks.map(({ took }) => took));
  const [early, late] = result.heap;
  const growth = early && late ? late.bytes / early.bytes : undefined;
  writeFileSync(path.join(folder, 'load.json'), JSON.stringify({ ...result, longest, growth }, null, 2));
  console.log(`${result.events} events on the page in ${result.seconds.toFixed(0)} s: ${result.eventsPerSecond.toFixed(1)}/s`);
  console.log(`long tasks ${result.tasks.length}, the longest ${longest.toFixed(0)} ms; rows in the document ${result.rowsInTheDocument}`);
  for (const { minute, bytes } of result.heap) console.log(`heap at minute ${minute.toFixed(1)}: ${(bytes / 1e6).toFixed(1)} MB`);
  const missed = result.complaints.map((complaint) => `the page complained: ${complaint}`);
  if (longest > load.kTargets.longestTaskMs) missed.push(`a task took ${longest.toFixed(0)} ms > ${load.kTargets.longestTaskMs}`);
  if (growth !== undefined) console.log(`heap grew by ${growth.toFixed(3)}`);
  if (growth === undefined || growth > load.kTargets.heapGrowth) missed.push(`the heap grew by ${growth?.toFixed(3) ?? 'an unknown factor'} > ${load.kTargets.heapGrowth}`);
  if (result.eventsPerSecond < load.kTargets.eventsPerSecond) missed.push(`${result.eventsPerSecond.toFixed(1)} events a second < ${load.kTargets.eventsPerSecond}`);
  return missed;
}

process.exit(await main().catch((error) => (console.error(error), 1)));
