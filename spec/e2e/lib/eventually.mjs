import { now, sleep } from './clock.mjs';

// Asks `probe` until it returns something truthy, and returns that. Throws after `within` ms with
// a sentence that says what did not happen and what was seen last.
export async function eventually(what, probe, { within = 10_000, every = 20 } = {}) {
  const deadline = now() + within;
  let last;
  for (;;) {
    try {
      const value = await probe();
      if (value) return value;
      last = JSON.stringify(value);
    } catch (error) {
      last = error.message;
    }
    if (now() >= deadline) {
      throw new Error(`not within ${within} ms: ${what} (last seen: ${last})`);
    }
    await sleep(every);
  }
}

// A list that grows, and whose readers can wait for an entry that is there already or still comes.
export class Arrivals {
  #entries = [];
  #waiters = new Set();

  get entries() {
    return this.#entries;
  }

  add(entry) {
    this.#entries.push(entry);
    for (const waiter of [...this.#waiters]) waiter(entry);
  }

  filter(matches) {
    return this.#entries.filter(matches);
  }

  // The first entry that matches; rejects after `within` ms naming `what`.
  waitFor(what, matches, within = 10_000) {
    const present = this.#entries.find(matches);
    if (present) return Promise.resolve(present);
    return new Promise((resolve, reject) => {
      const waiter = (entry) => {
        if (!matches(entry)) return;
        this.#waiters.delete(waiter);
        clearTimeout(timer);
        resolve(entry);
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new Error(`not within ${within} ms: ${what}`));
      }, within);
      this.#waiters.add(waiter);
    });
  }
}
