import { same, holds } from './expect.mjs';
import { eventually } from './eventually.mjs';

const kFinal = ['confirmed', 'rejected', 'cancelled', 'processing', 'shipped', 'delivered'];

// The books of a set of orders, looked at from PostgreSQL and from Kafka: nothing lost, nothing
// twice.
export class Audit {
  #db;
  #accounts;

  // All orders of these accounts belong to the audit, and no others of these products.
  constructor({ db, accounts, products }) {
    this.#db = db;
    this.#accounts = accounts.map(({ id }) => id);
    this.products = products.map(({ id }) => id);
  }

  async statuses() {
    const rows = await this.#db.rows(
      'SELECT status, count(*)::integer AS count FROM orders WHERE user_id = ANY($1) GROUP BY status',
      this.#accounts,
    );
    return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
  }

  async finalCount() {
    const statuses = await this.statuses();
    return kFinal.reduce((sum, status) => sum + (statuses[status] ?? 0), 0);
  }

  // Every order that was acknowledged exists and is final, and so is every other one that got into
  // the database without its client hearing of it.
  async everyOrderIsFinal(acknowledged, within) {
    const ids = acknowledged.map(({ id }) => id);
    same('order ids are unique', new Set(ids).size, ids.length);
    await eventually('no order is pending', async () => ((await this.statuses()).pending ?? 0) === 0, { within, every: 100 });
    const { found } = await this.#db.row(
      'SELECT count(*)::integer AS found FROM orders WHERE id = ANY($1) AND status = ANY($2)', ids, kFinal,
    );
    same('acknowledged orders that are final', found, ids.length);
    return this.statuses();
  }

  // At most one reserve movement per order and product; confirmed orders have them, others not.
  async movementsMatchOrders() {
    // The tables grew from nothing within seconds: without statistics the joins below take a minute.
    await this.#db.rows('ANALYZE orders, order_items, stock_movements');
    const doubles = await this.#db.rows(
      `SELECT order_id, product_id, kind, count(*)::integer FROM stock_movements
       JOIN orders ON orders.id = order_id WHERE user_id = ANY($1)
       GROUP BY order_id, product_id, kind HAVING count(*) > 1 LIMIT 5`,
      this.#accounts,
    );
    same('movements made twice', doubles, []);
    const wrong = await this.#db.rows(
      `SELECT orders.id, status, order_items.quantity AS ordered, coalesce(sum(stock_movements.quantity), 0)::integer AS moved
       FROM orders JOIN order_items ON order_items.order_id = orders.id
       LEFT JOIN stock_movements ON stock_movements.order_id = orders.id
         AND stock_movements.product_id = order_items.product_id AND kind = 'reserve'
       WHERE user_id = ANY($1) AND status IN ('confirmed', 'rejected')
       GROUP BY orders.id, status, order_items.product_id, order_items.quantity
       HAVING coalesce(sum(stock_movements.quantity), 0) <> CASE status WHEN 'confirmed' THEN -order_items.quantity ELSE 0 END
       LIMIT 5`,
      this.#accounts,
    );
    same('orders whose movements do not fit', wrong, []);
  }

  // Opening stock + all movements = quantity. The opening stock is a movement itself.
  async stockAddsUp() {
    const wrong = await this.#db.rows(
      `SELECT stock.product_id, stock.quantity, coalesce(sum(stock_movements.quantity), 0)::integer AS moved
       FROM stock LEFT JOIN stock_movements USING (product_id) WHERE product_id = ANY($1)
       GROUP BY stock.product_id, stock.quantity
       HAVING stock.quantity <> coalesce(sum(stock_movements.quantity), 0) OR stock.quantity < 0`,
      this.products,
    );
    same('products whose stock does not add up', wrong, []);
  }

  // The outcome of each order, once: in the history and, by ce_id, on the topic. Returns how many
  // records came a second time under the same ce_id, which is allowed.
  async oneOutcomeEventPerOrder(tap) {
    const events = await this.#db.rows(
      `SELECT event_id, order_id FROM domain_events JOIN orders ON orders.id = order_id
       WHERE orders.user_id = ANY($1) AND topic = 'order.updated' AND payload->>'status' IN ('confirmed', 'rejected')
         AND payload->>'previous_status' = 'pending'`,
      this.#accounts,
    );
    const expected = new Map(events.map(({ order_id: order, event_id: event }) => [order, event]));
    same('orders with an outcome event', expected.size, await this.finalCount());
    same('outcome events', events.length, expected.size);
    await this.#outboxIsEmpty();
    await tap.caughtUp();
    const seen = new Map();
    let repeats = 0;
    // A change of the payment alone goes out on order.updated, too.
    const isOutcome = ({ topic, key, value }) =>
      topic === 'order.updated' && expected.has(key) && JSON.parse(value).previous_status === 'pending';
    for (const { key, headers } of tap.records.filter(isOutcome)) {
      same(`ce_id of the outcome of order ${key} on order.updated`, headers.ce_id, expected.get(key));
      repeats += seen.has(key) ? 1 : 0;
      seen.set(key, headers.ce_id);
    }
    same('orders with an outcome event on order.updated', seen.size, expected.size);
    return repeats;
  }

  async #outboxIsEmpty() {
    const empty = async () => (await this.#db.row('SELECT count(*)::integer AS count FROM outbox')).count === 0;
    await eventually('the outbox is empty', empty, { within: 60_000, every: 100 });
    const parked = await this.#db.rows('SELECT topic, error FROM outbox_parked LIMIT 5');
    same('records the broker refused', parked, []);
  }

  // What an outage or a crash from outside must never do.
  nothingWasDeadLettered(tap) {
    const dead = tap.records.filter(({ topic }) => topic.endsWith('.dlq'));
    holds(`${dead.length} records were dead-lettered, the first: ${JSON.stringify(dead[0])}`, dead.length === 0);
  }
}
