import { now, sleep } from '../lib/clock.mjs';
import { percentile, summary } from '../lib/statistics.mjs';
import { traceOrder, traceTable } from '../lib/trace.mjs';

const kIdleOrders = 100;
// Builds with sanitizers are slower, and say so.
const kP95Limit = Number(process.env.CARAFE_P95_LIMIT_MS ?? 50);

export async function tracesAnOrder({ steps, world, user, product }) {
  const { shop, db, tap } = world;
  const trace = await steps.step('one order followed through every part', () =>
    traceOrder({ shop, db, tap, token: user.token, session: user.session, product }));
  console.log(traceTable(trace));
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
