#!/usr/bin/env node
// A thousand idempotency keys, twenty requests with each at the same time, of which three in ten are
// cut right after they were sent, as by a telephone in a tunnel. Whoever stays, or comes back, gets
// the one order of his key, to the byte.
import http from 'node:http';

import { sleep } from '../e2e/lib/clock.mjs';
import { same } from '../e2e/lib/expect.mjs';
import { scenario } from '../e2e/lib/scenario.mjs';

const kKeys = 1_000;
const kRequests = 20;
const kCut = 0.3;
const kKeysAtOnce = 12;
const kCustomers = 8;

scenario(import.meta.url, { within: 760_000 }, ({ steps, world }) => steps.chapter('Idempotency', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  const random = generator(seed);
  const customers = await Promise.all(Array.from({ length: kCustomers }, (_, index) => world.account(`keys-${index}`)));
  const product = await world.product('Thing', 10_000_000);
  const agent = new http.Agent({ keepAlive: true, maxSockets: kKeysAtOnce * kRequests });
  const client = { agent, gateway: new URL(world.gateway), body: JSON.stringify({ items: [{ product_id: product.id, quantity: 1 }] }) };
  const tally = { cut: 0, answered: 0, refused: {} };
  const bodies = new Map(); // key -> Set of bodies

  const sentence = `${kKeys} keys × ${kRequests} requests, ${kCut * 100} % cut after sending (SEED=${seed})`;
  await steps.step((figures) => sentence + (figures ? `: ${figures}` : ''), async () => {
    let next = 0;
    const work = async () => {
      while (next < kKeys) {
        const number = next++;
        const token = customers[number % kCustomers].token;
        const key = `key-${number}`;
        bodies.set(key, new Set());
        const cuts = Array.from({ length: kRequests }, () => random() < kCut);
        await Promise.all(cuts.map((cut) => one({ client, token, key, cut, tally, bodies: bodies.get(key) })));
        // Also where all were cut, the client comes back.
        await one({ client, token, key, cut: false, tally, bodies: bodies.get(key) });
      }
    };
    await Promise.all(Array.from({ length: kKeysAtOnce }, work));
    agent.destroy();
    return `${tally.answered} answered, ${tally.cut} cut, asked to come back: ${JSON.stringify(tally.refused)}`;
  });

  await steps.step('every key has one body', () => {
    same('keys with another number of bodies than one', [...bodies].filter(([, each]) => each.size !== 1).map(([key]) => key), []);
    const ids = new Set([...bodies.values()].map((each) => JSON.parse([...each][0]).id));
    same('different orders', ids.size, kKeys);
  });
  await steps.step(`there are ${kKeys} orders, keys, and events order.created`, async () => {
    const ids = customers.map(({ id }) => id);
    const counts = await world.db.row(
      `SELECT (SELECT count(*)::integer FROM orders WHERE user_id = ANY($1)) AS orders,
              (SELECT count(*)::integer FROM idempotency_keys WHERE user_id = ANY($1)) AS keys,
              (SELECT count(*)::integer FROM domain_events WHERE type = 'order.created' AND user_id = ANY($1)) AS events`,
      ids,
    );
    same('orders', counts, { orders: kKeys, keys: kKeys, events: kKeys });
  });
}));

// One request; where it is told to come back, it does, as any good client.
async function one({ client, token, key, cut, tally, bodies }) {
  for (let attempt = 0; attempt < 100; ++attempt) {
    const answer = await send(client, token, key, cut);
    if (!answer) {
      ++tally.cut;
      return;
    }
    if (answer.status === 201) {
      ++tally.answered;
      bodies.add(answer.body);
      return;
    }
    if (![409, 503].includes(answer.status)) throw new Error(`${key}: ${answer.status} ${answer.body}`);
    tally.refused[answer.status] = (tally.refused[answer.status] ?? 0) + 1;
    await sleep(50);
  }
  throw new Error(`${key}: no order after 100 attempts`);
}

function send({ agent, gateway, body }, token, key, cut) {
  return new Promise((resolve, reject) => {
    const request = http.request({
      agent: cut ? false : agent,
      host: gateway.hostname,
      port: gateway.port,
      method: 'POST',
      path: '/api/v1/orders',
      timeout: 30_000,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'idempotency-key': key,
      },
    });
    if (cut) {
      // The kernel has it all; nobody waits for the answer.
      request.on('finish', () => setImmediate(() => request.destroy()));
      request.on('error', () => resolve(undefined));
      request.on('close', () => resolve(undefined));
    } else {
      request.on('error', reject);
      request.on('timeout', () => request.destroy(new Error(`${key}: no answer`)));
    }
    request.on('response', (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', () => resolve(undefined));
      response.on('end', () => resolve(cut ? undefined : { status: response.statusCode, body: Buffer.concat(chunks).toString('utf8') }));
    });
    request.end(body);
  });
}

// Mulberry32: small, and the same numbers for the same seed.
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
