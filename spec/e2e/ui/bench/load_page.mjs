// The administration while much happens: what its pages cost, told by themselves.
import { now, sleep } from '../../lib/clock.mjs';
import { eventually } from '../../lib/eventually.mjs';
import { OrderLoad } from '../../lib/order_load.mjs';
import { Person } from '../lib/browser.mjs';

// The longest a page may keep somebody waiting, and how much its heap may grow.
export const kTargets = { longestTaskMs: 200, heapGrowth: 1.2, eventsPerSecond: 200 };
// What reaches an administrator of one order: created, its outcome, and the stock, which all who look at the
// shop are told too.
const kEventsPerOrder = 4.4;
const kPages = ['Dashboard', 'Orders', 'Products', 'Inventory', 'Notifications'];
const kLook = 12_000;

export async function fill(world, token, count) {
  const { count: there } = await world.db.row('SELECT count(*)::integer AS count FROM orders');
  const product = await world.product('Cup of the bench', 1_000_000);
  const lines = () => [[product, 1]];
  const load = new OrderLoad({ shop: world.shop, tokens: [token], lines, clients: 8, limit: Math.max(0, count - there) });
  load.start();
  await load.finished();
  await eventually('every order is decided', async () =>
    (await world.db.row("SELECT count(*)::integer AS count FROM orders WHERE status = 'pending'")).count === 0, { within: 120_000, every: 500 });
  await world.db.rows('ANALYZE');
  return product;
}

// Keeps the rate, whatever single requests take.
function keepOrdering(world, token, product, perSecond) {
  let isOn = true;
  const underWay = new Set();
  const run = (async () => {
    for (let due = now(); isOn; due += 1000 / perSecond) {
      await sleep(Math.max(0, due - now()));
      if (underWay.size > 100) continue;
      const request = world.shop.tryOrder(token, [[product, 1]], { timeout: 15_000 }).catch(() => {}).finally(() => underWay.delete(request));
      underWay.add(request);
    }
    await Promise.all(underWay);
  })();
  return () => ((isOn = false), run);
}

// Runs in the page before its own scripts: counts the events that reach it and its long tasks.
function instrument() {
  window.measured = { events: 0, tasks: [] };
  window.WebSocket = class extends window.WebSocket {
    constructor(...options) {
      super(...options);
      this.addEventListener('message', ({ data }) => {
        if (typeof data === 'string' && data.startsWith('42')) window.measured.events += 1;
      });
    }
  };
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) window.measured.tasks.push({ at: startTime, took: duration, page: location.pathname });
  }).observe({ type: 'longtask' });
}

// One tab for the whole time; it goes from page to page and scrolls, as a person does.
export async function useAdministration({ browser, world, admin, customer, product, minutes, say }) {
  const person = await Person.arrive(browser, world.gateway);
  const { page } = person;
  await page.addInitScript(instrument);
  await person.signIn(admin);
  await person.visit('/admin/orders');
  await person.live();
  const devtools = await person.context.newCDPSession(page);
  const heapBytes = async () => {
    for (let pass = 0; pass < 2; pass += 1) await devtools.send('HeapProfiler.collectGarbage');
    return (await devtools.send('Runtime.getHeapUsage')).usedSize;
  };
  // The first page of a visit may compile as long as it likes; what counts is using it.
  await page.evaluate(() => { window.measured.tasks.length = 0; window.measured.events = 0; });
  const stop = keepOrdering(world, customer.token, product, Math.ceil((kTargets.eventsPerSecond * 1.05) / kEventsPerOrder));
  const began = now();
  const minute = () => (now() - began) / 60_000;
  const heap = [];
  for (let turn = 0; minute() < minutes; turn += 1) {
    await look(page, kPages[turn % kPages.length]);
    if (turn % kPages.length === 0) say(minute());
    const due = [2, minutes][heap.length];
    if (due !== undefined && minute() >= due - 0.05) {
      await look(page, 'Orders');
      heap.push({ minute: minute(), bytes: await heapBytes() });
    }
  }
  const { events, tasks } = await page.evaluate(() => window.measured);
  const seconds = (now() - began) / 1000;
  await stop();
  const rows = await page.locator('[data-testid="row"]').count();
  const complaints = person.complaints;
  await person.leave();
  return { seconds, events, eventsPerSecond: events / seconds, tasks, heap, rowsInTheDocument: rows, complaints };
}

async function look(page, name) {
  await page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name, exact: false }).click();
  await page.getByRole('heading', { name, level: 1 }).waitFor();
  const until = now() + kLook;
  const table = page.locator('[role="region"][aria-label$="scrollable"]');
  for (let down = true; now() < until; down = !down) {
    for (let step = 0; step < 8 && now() < until; step += 1) {
      if (await table.count()) await table.evaluate((element, by) => element.scrollBy({ top: by }), down ? 900 : -900);
      await sleep(250);
    }
  }
}
