import { eventually } from './eventually.mjs';
import { milliseconds } from './statistics.mjs';

const kWithin = 10_000;

// Places one order and follows it through every part: [{hop, at (ms since the epoch)}]. `headers` go
// with the request.
export async function traceOrder({ shop, db, tap, token, session, product, headers = {} }) {
  const answer = await shop.placeOrder(token, [[product, 1]], { headers });
  const { id, order_number: number } = answer.body;
  const seen = await session.event(
    'order:updated',
    (payload) => payload.order?.id === id && payload.order.status === 'confirmed',
    kWithin,
  );
  const command = await tap.record(
    `the command of order ${id} on the topic inventory`,
    (record) => record.topic === 'inventory' && record.key === id,
    kWithin,
  );
  const updated = await tap.record(
    `the event of order ${id} on the topic order.updated`,
    (record) => record.topic === 'order.updated' && record.key === id,
    kWithin,
  );
  const confirmed = await eventually('its domain event in PostgreSQL', async () =>
    (await db.eventsOf(id)).find((event) => event.topic === 'order.updated'));
  return {
    id,
    number,
    hops: [
      { hop: 'POST /api/orders sent', at: answer.sentAt },
      { hop: '201 pending received', at: answer.answeredAt },
      { hop: `command in Kafka (inventory/${command.partition}@${command.offset})`, at: command.timestamp },
      { hop: 'confirmed in PostgreSQL', at: confirmed.occurred_at },
      { hop: `event in Kafka (order.updated/${updated.partition}@${updated.offset})`, at: updated.timestamp },
      { hop: `Socket.IO order:updated received (${session.transport})`, at: seen.at },
    ],
  };
}

const signed = (value) => (value < 0 ? milliseconds(value) : `+${milliseconds(value)}`);

// A table with the time since the first hop and since the one before. Kafka's record timestamps
// are whole milliseconds, so a hop may seem to come up to 1 ms before its cause; and the command
// may be in Kafka before the 201 is back.
export function traceTable({ id, number, hops }) {
  const start = hops[0].at;
  const width = Math.max(...hops.map(({ hop }) => hop.length));
  const lines = hops.map(({ hop, at }, index) => {
    const since = milliseconds(at - start).padStart(9);
    const step = index === 0 ? '' : `  ${signed(at - hops[index - 1].at)}`;
    return `    ${hop.padEnd(width)}  ${since}${step}`;
  });
  return [`    order ${number} (${id})`, ...lines].join('\n');
}
