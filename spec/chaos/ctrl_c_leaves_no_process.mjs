#!/usr/bin/env node
// bin/up from start to end: Ctrl-C stops everything it started; data survives a restart; after a
// kill -9 of bin/up itself the next start cleans up; taken ports are named before anything starts.
import net from 'node:net';

import { same, holds } from '../e2e/lib/expect.mjs';
import { eventually } from '../e2e/lib/eventually.mjs';
import { scenario } from '../e2e/lib/scenario.mjs';
import { alive } from '../e2e/lib/system.mjs';
import { World } from '../e2e/lib/world.mjs';

const kPorts = ['GATEWAY_PORT', 'UI_PORT', 'PORT', 'REALTIME_PORT', 'WEB_OPS_PORT', 'WORKER_OPS_PORT', 'REALTIME_OPS_PORT'];

scenario(import.meta.url, { within: 600_000, needs: [] }, async ({ steps, system }) => {
  let order;
  await steps.chapter('Ctrl-C', async () => {
    await steps.step('bin/up runs the shop', () => system.start({ options: ['--any-ports', '--reset'] }));
    order = await steps.step('an order is placed', () => placeOrder(system));
    await ctrlC(steps, system);
  });
  if (!order) return;
  // From here on with the ports of the first run, as a person's are the same every day.
  for (const name of [...kPorts, 'POSTGRES_PORT', 'KAFKA_PORT']) system.settings[name] = portOf(system, name);
  system.settings.KAFKA_CONTROLLER_PORT = `${Number(system.settings.KAFKA_PORT) + 20}`;
  await steps.chapter('A taken port', () =>
    steps.step('is named with its variable, and nothing is started', () => refusesTakenPort(system)));
  await steps.chapter('kill -9 of bin/up', async () => {
    await steps.step('bin/up runs again, and the order is still there', async () => {
      await system.start({ options: [] });
      await orderIsThere(system, order);
    });
    await steps.step('killed with -9, it leaves the parts running', async () => {
      await system.kill();
      holds('worker-1 runs', alive(system.pid('worker-1')));
    });
    const left = system.processes();
    await steps.step('the next start stops what was left over and runs, with the order still there', async () => {
      await system.start({ options: [] });
      same('processes of the run before', left.filter(alive), []);
      await orderIsThere(system, order);
    });
    await ctrlC(steps, system);
  });
});

async function ctrlC(steps, system) {
  const pids = system.names().map((name) => system.pid(name));
  await steps.step(`Ctrl-C ends it within 60 s, and none of the ${pids.length} processes is left`, async () => {
    holds('there are processes to stop', pids.length >= 6);
    system.signal('SIGINT');
    const { code } = await system.exited(60_000);
    same('exit code', code, 0);
    await eventually('every process is gone', () => pids.every((pid) => !alive(pid)), { within: 2_000 });
    same('processes that know the state folder', system.processes(), []);
  });
}

function portOf(system, name) {
  const from = (text) => new URL(text).port;
  if (name === 'POSTGRES_PORT') return from(system.environment.DATABASE_URL);
  if (name === 'KAFKA_PORT') return system.environment.KAFKA_BROKERS.split(':')[1];
  return system.environment[name];
}

async function refusesTakenPort(system) {
  const squatter = net.createServer();
  const port = Number(system.settings.GATEWAY_PORT);
  await new Promise((resolve, reject) => squatter.on('error', reject).listen(port, '127.0.0.1', resolve));
  try {
    system.launch([]);
    const { code } = await system.exited(120_000);
    holds(`bin/up refuses: exit ${code}`, code !== 0);
    for (const part of [`${port}`, 'GATEWAY_PORT']) holds(`it names ${part}:\n${system.output}`, system.output.includes(part));
    same('processes', system.processes(), []);
  } finally {
    await new Promise((resolve) => squatter.close(resolve));
  }
}

async function placeOrder(system) {
  return withWorld(system, async (world) => {
    const account = await world.account('lasting');
    const product = await world.product('Lasting', 10);
    const { body } = await world.shop.placeOrder(account.token, [[product, 1]]);
    await eventually('it is confirmed', async () => (await world.db.order(body.id)).status === 'confirmed');
    return body.id;
  });
}

function orderIsThere(system, id) {
  return withWorld(system, async (world) => same('status', (await world.db.order(id))?.status, 'confirmed'));
}

async function withWorld(system, body) {
  const world = new World(system.endpoints);
  try {
    await world.kafka.connect();
    return await body(world);
  } finally {
    await world.close();
  }
}
