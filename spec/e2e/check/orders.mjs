import { same, holds } from '../lib/expect.mjs';
import { eventually } from '../lib/eventually.mjs';
import { expectStatus } from '../lib/shop.mjs';

// What the customer's and the administrator's browser must both be told of an order.
async function seenByBoth({ user, admin }, name, id, status) {
  const about = (payload) => payload.order?.id === id && payload.order.status === status;
  const [forUser, forAdmin] = await Promise.all([
    user.session.event(`order:${name}`, about),
    admin.session.event(`admin:order:${name}`, about),
  ]);
  for (const { name: event, payload } of [forUser, forAdmin]) {
    holds(`${event} has an event_id`, typeof payload.event_id === 'string');
    holds(`${event} has occurred_at`, !Number.isNaN(Date.parse(payload.occurred_at)));
    holds(`${event} has a sentence in message`, typeof payload.message === 'string' && payload.message.length > 0);
    holds(`${event} carries the order_version`, Number.isInteger(payload.order.order_version));
  }
  return forUser.payload.order;
}

export async function confirmsAnOrder({ steps, world, user, admin, product }) {
  const { shop, db } = world;
  const before = await db.stockOf(product);
  const id = await steps.step('POST /api/orders answers 201 pending, with a Location', async () => {
    const answer = await shop.placeOrder(user.token, [[product, 3]]);
    same('status', answer.body.status, 'pending');
    holds(`Location names the order, not ${answer.headers.location}`, answer.headers.location?.endsWith(answer.body.id));
    return answer.body.id;
  });
  await steps.step('user and admin see it confirmed over Socket.IO', () =>
    seenByBoth({ user, admin }, 'updated', id, 'confirmed'));
  await steps.step('stock is down by 3, with one reserve movement', async () => {
    same('stock', await db.stockOf(product), before - 3);
    same('movements', await db.movementsOf(id), [{ kind: 'reserve', quantity: -3, product_id: product.id }]);
  });
  await steps.step('GET /api/orders/:id says confirmed, for its owner and for the admin', async () => {
    for (const { token } of [user, admin]) same('status', (await shop.order(token, id)).status, 'confirmed');
  });
  return id;
}

export async function rejectsAnOrder({ steps, world, user, admin, product, scarce }) {
  const { shop, db } = world;
  const all = [product, ...scarce];
  const before = await Promise.all(all.map((each) => db.stockOf(each)));
  const lines = [[product, 1], ...scarce.map((each) => [each, each.quantity + 2])];
  const id = await steps.step('an order with two lines that cannot be served is taken as pending', async () =>
    (await shop.placeOrder(user.token, lines)).body.id);
  await steps.step('user and admin see it rejected with both failing lines and what was available', async () => {
    const order = await seenByBoth({ user, admin }, 'updated', id, 'rejected');
    const byProduct = (a, b) => (a.product_id < b.product_id ? -1 : 1);
    const expected = {
      reason: 'insufficient_stock',
      items: scarce.map((each) => ({ product_id: each.id, requested: each.quantity + 2, available: each.quantity })),
    };
    expected.items.sort(byProduct);
    for (const { rejection } of [order, await shop.order(user.token, id)]) {
      rejection.items.sort(byProduct);
      same('rejection', rejection, expected);
    }
  });
  await steps.step('no stock moved', async () => {
    same('stock', await Promise.all(all.map((each) => db.stockOf(each))), before);
    same('movements', await db.movementsOf(id), []);
  });
}

export async function cancelsAnOrder({ steps, world, user, admin, product, confirmed }) {
  const { shop, db, kafka, tap } = world;
  const before = await db.stockOf(product);
  await steps.step('POST /api/orders/:id/cancel is accepted', () => shop.cancel(user.token, confirmed));
  await steps.step('user and admin see it cancelled over Socket.IO', () =>
    seenByBoth({ user, admin }, 'cancelled', confirmed, 'cancelled'));
  const stockIsBackOnce = async () => {
    same('stock', await db.stockOf(product), before + 3);
    same('movements', await db.movementsOf(confirmed), [
      { kind: 'reserve', quantity: -3, product_id: product.id },
      { kind: 'release', quantity: 3, product_id: product.id },
    ]);
  };
  await steps.step('the 3 are back in stock, with one release movement', stockIsBackOnce);
  await steps.step('cancelling again answers 200; the same command put on Kafka again, and a release request, change nothing', async () => {
    const again = await world.shop.http.post(`/api/orders/${confirmed}/cancel`, undefined, { token: user.token });
    expectStatus('POST', 'cancel, the second time', again, 200);
    const command = await tap.record('the cancel command', (each) => each.topic === 'orders' && each.key === confirmed);
    await Promise.all([
      putAndWait({ ...command, group: 'shop-orders' }),
      putAndWait({
        topic: 'inventory',
        key: confirmed,
        value: JSON.stringify({ order_id: confirmed, reason: 'asked for again by the outside client' }),
        headers: { ...command.headers, ce_type: 'STOCK_RELEASE_REQUEST', ce_id: `${command.headers.ce_id}-release` },
        group: 'shop-inventory',
      }),
    ]);
    await stockIsBackOnce();
    const events = (await db.eventsOf(confirmed)).filter((event) => event.topic === 'order.cancelled');
    same('order.cancelled events', events.length, 1);
  });

  async function putAndWait({ group, ...record }) {
    const { partition, offset } = await kafka.put(record);
    await eventually(`${group} has handled ${record.topic}/${partition}@${offset}`, async () =>
      (await db.positionOf(group, record.topic, partition)) > offset);
  }
}
