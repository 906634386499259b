import { randomBytes } from 'node:crypto';

import { now, sleep } from '../lib/clock.mjs';
import { run } from '../lib/command.mjs';
import { eventually } from '../lib/eventually.mjs';
import { same } from '../lib/expect.mjs';
import { percentile, summary } from '../lib/statistics.mjs';
import { traceOrder, traceTable } from '../lib/trace.mjs';

const kIdleOrders = 100;
// Builds with sanitizers are slower, and say so.
const kP95Limit = Number(process.env.CARAFE_P95_LIMIT_MS ?? 50);

export async function tracesAnOrder({ steps, world, user, product }) {
  const { shop, db, tap, env } = world;
  const traceId = randomBytes(16).toString('hex');
  const headers = { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01` };
  const trace = await steps.step('one order followed through every part', () =>
    traceOrder({ shop, db, tap, token: user.token, session: user.session, product, headers }));
  console.log(traceTable(trace));
  await steps.step('bin/carafe trace shows every hop of it, under the trace id of its request', () =>
    eventually('the groups have handled it', async () => showsEveryHop(await hopsOf(env, trace.id), traceId)));
}

async function hopsOf(env, id) {
  return JSON.parse(await run(env, 'carafe', ['trace', id, '--json']));
}

// The order as it was placed, its reservation, and the confirmation that came of it; each made, in
// Kafka and handled by whoever reads it.
function showsEveryHop(hops, traceId) {
  const first = (topic) => hops.find((hop) => hop.topic === topic) ?? {};
  const types = ['order.created', 'inventory', 'order.updated'].map((topic) => first(topic).type);
  same('hops', types, ['order.created', 'STOCK_RESERVE_REQUEST', 'order.updated']);
  for (const hop of hops) {
    same(`what is not known of ${hop.topic}`, ['made_at', 'published_at', 'partition', 'offset'].filter((name) => hop[name] === null), []);
    same(`trace of ${hop.topic}`, hop.trace_id, traceId);
  }
  same('who has handled the command', first('inventory').readers, [{ group: 'shop-inventory', handled: true }]);
  same('who has handled the event', first('order.updated').readers, [{ group: 'shop-payments', handled: true }]);
  return true;
}

// From the moment the POST is sent through the gateway until the browser has `confirmed`.
async function idleOrder({ shop }, user, product) {
  const sentAt = now();
  const { body } = await shop.placeOrder(user.token, [[product, 1]]);
  const seen = await user.session.event(
    'order:updated',
    ({ order }) => order?.id === body.id && order.status === 'confirmed',
  );
  return seen.at - sentAt;
}

export async function timesIdleOrders({ steps, world, user, product }) {
  await steps.step(
    (figures) => `${kIdleOrders} idle orders, POST to Socket.IO confirmed: ${figures ?? `p95 is under ${kP95Limit} ms`}`,
    async () => {
      const latencies = [];
      for (let count = 0; count < kIdleOrders; ++count) {
        latencies.push(await idleOrder(world, user, product));
        await sleep(10);
      }
      if (percentile(latencies, 0.95) >= kP95Limit) {
        throw new Error(`p95 must be under ${kP95Limit} ms: ${summary(latencies)}`);
      }
      return summary(latencies);
    },
  );
}
