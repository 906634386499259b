import pg from 'pg';

import { uuidv7 } from './uuid.mjs';

// `correct horse battery`, argon2id with libsodium's interactive limits.
const kPasswordHash =
  '$argon2id$v=19$m=65536,t=2,p=1$u6XaKTtpqgq7wwZHhsi6jg$LoeuJLFqWiSs4PjSivW1Yq/t+x4204blid/Rk70wsvU';
export const password = 'correct horse battery';

// The shop's tables, as an auditor reads them; and accounts and products of our own, so that a
// program can run again and again on a database that is in use.
export class ShopDatabase {
  #pool;

  constructor(url) {
    this.#pool = new pg.Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 5_000 });
    // A server that goes away breaks idle connections too: the next query opens a new one.
    this.#pool.on('error', () => {});
  }

  async rows(sql, ...parameters) {
    return (await this.#pool.query(sql, parameters)).rows;
  }

  async row(sql, ...parameters) {
    return (await this.rows(sql, ...parameters))[0];
  }

  close() {
    return this.#pool.end();
  }

  // --- fixtures -------------------------------------------------------------------------------

  // May order as often as it likes.
  async createAccount(name, role = 'user') {
    const account = { id: uuidv7(), email: `${name}-${uuidv7()}@e2e.example`, name, role, password };
    await this.rows(
      'INSERT INTO users (id, email, name, role, password_hash, orders_per_minute) VALUES ($1, $2, $3, $4, $5, 0)',
      account.id, account.email, name, role, kPasswordHash,
    );
    return account;
  }

  // Nobody signs in with a well-known password once the program has ended.
  lockAccounts(accounts) {
    return this.rows(
      `UPDATE users SET password_hash = '!', token_version = token_version + 1 WHERE id = ANY($1)`,
      accounts.map((account) => account.id),
    );
  }

  async createProduct(name, quantity) {
    const id = uuidv7();
    const product = { id, sku: `E2E-${id}`, name, quantity };
    await this.rows(
      `WITH product AS (
         INSERT INTO products (id, sku, name, price_minor, currency) VALUES ($1, $2, $3, 2999, 'USD') RETURNING id
       ), stocked AS (
         INSERT INTO stock (product_id, quantity) SELECT id, $4::integer FROM product
       )
       INSERT INTO stock_movements (id, product_id, kind, quantity, reason, at)
       SELECT $5::uuid, id, 'adjust', $4::integer, 'opening stock', now() FROM product`,
      id, product.sku, name, quantity, uuidv7(),
    );
    return product;
  }

  archiveProducts(products) {
    return this.rows('UPDATE products SET archived_at = now() WHERE id = ANY($1)', products.map((product) => product.id));
  }

  // --- what is true ---------------------------------------------------------------------------

  async stockOf(product) {
    return (await this.row('SELECT quantity FROM stock WHERE product_id = $1', product.id)).quantity;
  }

  async order(id) {
    return this.row('SELECT status, order_version, rejection FROM orders WHERE id = $1', id);
  }

  // [{kind, quantity}] of one order, in the order they were written.
  movementsOf(orderId) {
    return this.rows(
      'SELECT kind, quantity::integer AS quantity, product_id FROM stock_movements WHERE order_id = $1 ORDER BY at, id',
      orderId,
    );
  }

  // [{topic, event_id, status, occurred_at (ms since the epoch)}] of one order
  eventsOf(orderId) {
    return this.rows(
      `SELECT topic, type, event_id, version, payload->>'status' AS status,
              (extract(epoch FROM occurred_at) * 1000)::float8 AS occurred_at
       FROM domain_events WHERE order_id = $1 ORDER BY version, occurred_at`,
      orderId,
    );
  }

  // How far a group has come in a partition, by the framework's own books.
  async positionOf(group, topic, partition) {
    const row = await this.row(
      'SELECT next_offset::float8 AS next_offset FROM consumer_offsets WHERE grp = $1 AND topic = $2 AND partition = $3',
      group, topic, partition,
    );
    return row ? row.next_offset : 0;
  }
}
