import path from 'node:path';

import { Audit } from './audit.mjs';
import { checkout } from './environment.mjs';
import { Steps } from './steps.mjs';
import { System } from './system.mjs';
import { World } from './world.mjs';

const kUsage = `Options:
  --attach   use the shop that bin/up runs in this checkout, instead of starting one
  --keep     leave the data and logs of the shop it started
Environment: CARAFE_PRESET (dev unless set) is the build that is started.`;

const kTopics = ['order.updated', 'inventory.dlq', 'orders.dlq'];

// Runs one situation against a shop of its own (or --attach: the running one), within a time
// limit, and ends the process: exit 0 when everything held, else 1.
//
// `options` go to bin/up, `settings` into its environment. body({steps, system, world}) tells the
// situation in steps.
export async function scenario(file, { within = 600_000, needs = ['start'], options: upOptions = [], settings = {} }, body) {
  const name = path.basename(new URL(file).pathname, '.mjs');
  const options = process.argv.slice(2);
  if (options.some((option) => !['--attach', '--keep'].includes(option))) {
    console.error(`Usage: node ${path.relative(process.cwd(), process.argv[1])} [--attach] [--keep]\n${kUsage}`);
    process.exit(options.includes('--help') ? 0 : 2);
  }
  const attach = options.includes('--attach');
  const system = attach ? System.attach() : new System({
    state: path.join(checkout, 'tmp', 'chaos', name),
    settings: { CARAFE_PRESET: process.env.CARAFE_PRESET ?? 'dev', DATABASE_URL: '', KAFKA_BROKERS: '', ...settings },
  });
  const steps = new Steps();
  const guard = limit({ name, within, system, attach });
  console.log(name.replaceAll('_', ' '));
  if (!attach && needs.includes('start')) {
    await steps.chapter('Starting', () =>
      steps.step('bin/up runs the shop', () => system.start({ options: ['--any-ports', '--reset', ...upOptions] })));
  }
  let world;
  try {
    if (steps.failed.length === 0) {
      if (needs.includes('start')) world = new World(system.endpoints, { sockets: 256 });
      await body({ steps, system, world });
    }
  } catch (error) {
    steps.failed.push(error.message);
    console.error(error);
  }
  clearTimeout(guard);
  await world?.close().catch((error) => console.error(`cleaning up: ${error.message}`));
  const code = steps.finish();
  await end(system, { attach, keep: options.includes('--keep') || code !== 0 });
  process.exit(code);
}

async function end(system, { attach, keep }) {
  if (attach) return;
  await system.stop();
  if (keep) console.log(`data and logs are left in ${path.relative(checkout, system.state)}`);
  else system.remove();
}

// Neither a hanging system nor an impatient caller leaves processes behind.
function limit({ name, within, system, attach }) {
  const giveUp = async (why) => {
    console.error(`✗ ${name}: ${why}`);
    if (!attach) await system.stop().catch((error) => console.error(error.message));
    process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => giveUp(signal));
  return setTimeout(() => giveUp(`not done within ${within / 1000} s`), within);
}

// What most situations need: customers, products, the topics followed, and the books.
export async function openShop(world, { customers = 8, products }) {
  await world.kafka.connect();
  const tap = await world.kafka.tap(kTopics);
  const accounts = await Promise.all(Array.from({ length: customers }, (_, index) => world.account(`customer-${index}`)));
  const stocked = await Promise.all(products.map(([name, quantity]) => world.product(name, quantity)));
  const audit = new Audit({ db: world.db, accounts, products: stocked });
  return { tap, accounts, tokens: accounts.map(({ token }) => token), products: stocked, audit };
}
