import { now, sleep } from '../lib/clock.mjs';
import { summary } from '../lib/statistics.mjs';

const kBetween = 100;

// A customer who orders all the time. Shows that what goes wrong elsewhere does not stop good
// orders.
export class SteadyOrders {
  #world;
  #user;
  #product;
  #stopped = false;
  #running;
  #latencies = [];
  #failures = [];
  #counted = 0;

  constructor({ world, user, product }) {
    this.#world = world;
    this.#user = user;
    this.#product = product;
  }

  start() {
    this.#running = this.#run();
  }

  async #run() {
    while (!this.#stopped) {
      const sentAt = now();
      try {
        await this.#order();
        this.#latencies.push(now() - sentAt);
      } catch (error) {
        this.#failures.push(error);
      }
      await sleep(kBetween);
    }
  }

  async #order() {
    const { body } = await this.#world.shop.placeOrder(this.#user.token, [[this.#product, 1]]);
    await this.#user.session.event(
      'order:updated',
      ({ order }) => order?.id === body.id && order.status === 'confirmed',
    );
  }

  // At least one more order was confirmed since the last call, and none failed.
  async progress() {
    const wanted = this.#counted + 1;
    for (let waited = 0; this.#latencies.length < wanted && waited < 10_000; waited += 10) await sleep(10);
    this.#throwFailures();
    if (this.#latencies.length < wanted) throw new Error('no order was confirmed');
    this.#counted = this.#latencies.length;
  }

  // Returns a line with the figures of all of them.
  async stop() {
    this.#stopped = true;
    await this.#running;
    this.#throwFailures();
    return summary(this.#latencies);
  }

  #throwFailures() {
    if (this.#failures.length > 0) {
      throw new Error(`${this.#failures.length} good orders failed, the first: ${this.#failures[0].message}`);
    }
  }
}
