import { OutsideKafka } from './outside_kafka.mjs';
import { RealtimeSession } from './realtime_session.mjs';
import { Shop } from './shop.mjs';
import { ShopDatabase } from './shop_database.mjs';

// Everything a program needs to look at one running system from outside, and what it made there.
export class World {
  accounts = [];
  products = [];
  #sessions = [];

  constructor({ gateway, brokers, database, env }, options) {
    this.gateway = gateway;
    this.env = env;
    this.shop = new Shop(gateway, options);
    this.db = new ShopDatabase(database);
    this.kafka = new OutsideKafka(brokers);
  }

  // An account of our own, signed in: {id, email, role, token}.
  async account(name, role) {
    const account = await this.db.createAccount(name, role);
    this.accounts.push(account);
    account.token = await this.shop.signIn(account);
    return account;
  }

  async product(name, quantity) {
    const product = await this.db.createProduct(name, quantity);
    this.products.push(product);
    return product;
  }

  // The account as a browser sees it.
  async session(account) {
    const session = await RealtimeSession.open(this.gateway, account.token);
    this.#sessions.push(session);
    return session;
  }

  // Leaves the shop as a customer would like to find it.
  async close() {
    for (const session of this.#sessions) session.close();
    this.shop.close();
    const cleaned = await Promise.allSettled([
      this.db.lockAccounts(this.accounts),
      this.db.archiveProducts(this.products),
      this.kafka.close(),
    ]);
    await this.db.close();
    for (const { status, reason } of cleaned) {
      if (status === 'rejected') console.error(`cleaning up: ${reason.message}`);
    }
  }
}
