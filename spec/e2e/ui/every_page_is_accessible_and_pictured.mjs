// Every page in light, dark and phone size: axe finds nothing serious, nothing shifts while it loads, and
// a picture of it is left in tmp/screenshots for people to look at.
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { checkout } from '../lib/environment.mjs';
import { eventually } from '../lib/eventually.mjs';
import { holds } from '../lib/expect.mjs';
import { scenario } from '../lib/scenario.mjs';
import { openBrowser, Person } from './lib/browser.mjs';

const kAxe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const kFolder = path.join(checkout, 'tmp', 'screenshots');
const kMostShift = 0.02;
const watched = new WeakSet(); // pages whose shifts are noted
const kAddress = { name: 'Ada Lovelace', line1: '12 St James Square', city: 'London', postal_code: 'SW1Y 4JH', country: 'GB' };
const kModes = [
  { name: 'light', options: { scheme: 'light' } },
  { name: 'dark', options: { scheme: 'dark' } },
  { name: 'phone', options: { scheme: 'light', phone: true } },
];

await scenario(import.meta.url, { within: 900_000 }, async ({ steps, world }) => {
  mkdirSync(kFolder, { recursive: true });
  const browser = await openBrowser();
  const customer = await world.account('paula');
  const admin = await world.account('adam', 'admin');
  const shelf = await world.db.rows('SELECT products.id, sku, quantity FROM products JOIN stock ON product_id = products.id WHERE archived_at IS NULL ORDER BY products.id LIMIT 12');
  const orders = await steps.step('there are orders to look at', () => makeOrders(world, customer, shelf));
  const pages = pagesOf(shelf, orders);
  for (const mode of kModes) {
    await steps.chapter(`In ${mode.name}`, async () => {
      const findings = [];
      for (const [who, account] of [['guest', undefined], ['customer', customer], ['admin', admin]]) {
        const person = await Person.arrive(browser, world.gateway, mode.options);
        if (account) await person.signIn(account);
        if (who === 'customer') await fillCart(person, shelf);
        if (who === 'admin') await beAlerted(person, () => placeTooMuch(world, customer, shelf));
        for (const [name, address] of pages[who]) {
          await steps.step(`${name} (${who})`, async () => findings.push(...(await look(person, address, `${name}-${mode.name}`))));
        }
        findings.push(...person.complaints);
        await person.leave();
      }
      await steps.step('no page has a fault', () => holds(findings.join('\n'), findings.length === 0));
    });
  }
  await browser.close();
});

function pagesOf(shelf, { confirmed, rejected }) {
  return {
    guest: [['products', '/'], ['product', `/products/${shelf[0].id}`], ['cart-empty', '/cart'], ['sign-in', '/sign-in'], ['sign-up', '/sign-up'], ['not-found', '/nowhere']],
    customer: [['cart', '/cart'], ['checkout', '/checkout'], ['orders', '/orders'], ['order', `/orders/${confirmed}`], ['order-rejected', `/orders/${rejected}`]],
    admin: [
      ['admin-dashboard', '/admin'], ['admin-orders', '/admin/orders'], ['admin-order', `/admin/orders/${confirmed}`],
      ['admin-products', '/admin/products'], ['admin-new-product', '/admin/products/new'], ['admin-edit-product', `/admin/products/${shelf[0].id}`],
      ['admin-inventory', '/admin/inventory'], ['admin-notifications', '/admin/notifications'], ['admin-may-not-order', `/products/${shelf[1].id}`],
      ['ops', '/ops'], ['ops-topics', '/ops/topics'], ['ops-topic', '/ops/topics/inventory'], ['ops-groups', '/ops/groups'], ['ops-lanes', '/ops/lanes'],
      ['ops-dead-letters', '/ops/dead-letters'], ['ops-trace', `/ops/traces/${confirmed}`], ['ops-audit', '/ops/audit'],
    ],
  };
}

async function makeOrders(world, { token }, shelf) {
  const place = async (items) => (await world.shop.http.post('/api/orders', { items, shipping_address: kAddress }, { token })).body.id;
  const inStock = shelf.filter(({ quantity }) => quantity > 5);
  const confirmed = await place(inStock.slice(0, 3).map(({ id }, index) => ({ product_id: id, quantity: index + 1 })));
  const { id: rejected } = (await placeTooMuch(world, { token }, shelf)).body;
  await eventually('both are decided', async () =>
    (await world.shop.order(token, confirmed)).status === 'confirmed' && (await world.shop.order(token, rejected)).status === 'rejected');
  return { confirmed, rejected };
}

function placeTooMuch(world, { token }, shelf) {
  const items = [{ product_id: shelf[0].id, quantity: 1 }, { product_id: shelf[2].id, quantity: 9999 }];
  return world.shop.http.post('/api/orders', { items, shipping_address: kAddress }, { token });
}

// So that there is something to see in the notification centre.
async function beAlerted(person, cause) {
  await cause();
  await person.page.getByRole('button', { name: /^Notifications, [1-9]/ }).waitFor();
}

async function fillCart(person, shelf) {
  const lines = [{ productId: shelf[0].id, quantity: 2 }, { productId: shelf[2].id, quantity: 9999 }];
  await person.page.evaluate((cart) => localStorage.setItem('carafe.cart', JSON.stringify(cart)), lines);
}

// Notes in each document of the page what moves; once, as every script is run again in each document.
async function watchShifts(page) {
  if (watched.has(page)) return;
  watched.add(page);
  await page.addInitScript(() => {
    window.shifts = [];
    const place = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(' ');
    const moved = ({ node, previousRect, currentRect }) =>
      `${node?.nodeName.toLowerCase()} "${(node?.textContent ?? '').slice(0, 30)}" from ${place(previousRect)} to ${place(currentRect)}`;
    const shiftOf = ({ value, sources }) => ({ value, what: sources.map(moved).join(', ') });
    new PerformanceObserver((list) => window.shifts.push(...list.getEntries().filter((entry) => !entry.hadRecentInput).map(shiftOf)))
      .observe({ type: 'layout-shift', buffered: true });
  });
}

async function look(person, address, name) {
  const { page } = person;
  await watchShifts(page);
  await person.visit(address);
  await person.live();
  await page.evaluate(kAxe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  const shifts = await page.evaluate(() => window.shifts);
  const shift = shifts.reduce((sum, { value }) => sum + value, 0);
  const moved = shifts.map(({ value, what }) => `${value.toFixed(3)} ${what}`).join('; ');
  await picture(page, name);
  return [
    ...violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map((violation) => `${name}: ${describe(violation)}`),
    ...(shift > kMostShift ? [`${name}: the layout shifted by ${shift.toFixed(3)} while the page loaded: ${moved}`] : []),
  ];
}

// The whole page, as tall as it is: what sticks to the edges of the window sticks to its ends.
async function picture(page, name) {
  const { width, height } = page.viewportSize();
  const whole = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.max(height, whole) });
  await page.screenshot({ path: path.join(kFolder, `${name}.png`) });
  await page.setViewportSize({ width, height });
}

function describe({ id, nodes }) {
  return `${id}: ${nodes.slice(0, 3).map(({ target, failureSummary }) => `${target} ${failureSummary.split('\n')[1] ?? ''}`).join(' | ')}`;
}
