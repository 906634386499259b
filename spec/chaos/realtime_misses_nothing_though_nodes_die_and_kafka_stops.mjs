#!/usr/bin/env node
// 1,000 browsers behind two realtime nodes, for ten minutes: 10,000 connections are cut, one node is
// killed each minute, Kafka is away twice (once killed, once stopped). domain_events and the browsers'
// own logs are then compared: nothing is missed, nobody sees somebody else's, and resync is rare.
import { now, sleep } from '../e2e/lib/clock.mjs';
import { Crowd } from '../e2e/lib/crowd.mjs';
import { holds, same } from '../e2e/lib/expect.mjs';
import { scenario } from '../e2e/lib/scenario.mjs';
import { summary } from '../e2e/lib/statistics.mjs';

const kMinutes = Number(process.env.CARAFE_CHAOS_MINUTES ?? 10);
const kCustomers = Number(process.env.CARAFE_CHAOS_CLIENTS ?? 1_000) - 4;
const kAdmins = 4;
const kDrops = Math.round((10_000 * kMinutes) / 10);
const kOrdersPerSecond = 10;
const kAway = 20_000;
const kBroker = 'kafka-1';

scenario(import.meta.url, { within: 960_000, options: ['--realtime', '2'], settings: { ORDERS_PER_MINUTE: '0' } }, async ({ steps, system, world }) => {
  let crowd, product;
  await steps.chapter('A crowd', () =>
    steps.step(`${kCustomers + kAdmins} browsers, each with an order`, async () => {
      product = await world.product('Plenty', 10_000_000);
      crowd = await Crowd.open(world, { customers: kCustomers, admins: kAdmins });
      crowd.judgeAdminsFromNow(); // what happened before they came is not theirs to see
      await crowd.everybodyOrders(product);
      await crowd.everythingArrived(60_000);
      crowd.judgeAdminsFromNow();
    }));
  if (!product || !crowd) return;
  await steps.chapter(`${kMinutes} minutes of trouble`, () => trouble({ steps, system, crowd, product }));
  await steps.chapter('What the browsers saw', () => judge({ steps, crowd }));
  crowd.close();
});

async function trouble({ steps, system, crowd, product }) {
  const from = now();
  const until = from + kMinutes * 60_000;
  await steps.step((figures) => `cuts, kills and outages${figures ? `: ${figures}` : ''}`, async () => {
    const [dropped, kills] = await Promise.all([
      crowd.keepDropping(kDrops, until),
      killNodes(system, from, until),
      stopKafka(system, from, until),
      crowd.keepOrdering(product, kOrdersPerSecond, until),
    ]);
    same('connections cut', dropped, kDrops);
    return `${dropped} cuts, ${kills} kills of a node, Kafka away twice`;
  });
}

async function killNodes(system, from, until) {
  let kills = 0;
  for (let at = from + 30_000; at < until - 15_000; at += 60_000) {
    await sleep(at - now());
    await system.strike(`realtime-${1 + (kills % 2)}`, 'SIGKILL');
    kills += 1;
  }
  return kills;
}

async function stopKafka(system, from, until) {
  const length = until - from;
  await sleep(length * 0.25);
  await system.strike(kBroker, 'SIGSTOP');
  await sleep(kAway);
  await system.strike(kBroker, 'SIGCONT');
  await sleep(from + length * 0.65 - now());
  system.hold(kBroker);
  await system.strike(kBroker, 'SIGKILL');
  await sleep(kAway);
  system.release(kBroker);
}

async function judge({ steps, crowd }) {
  await steps.step('everybody is back', () => crowd.allUpToDate());
  await steps.step((events) => `0 missed${events ? `, of ${events} events told` : ''}`, async () => {
    await crowd.everythingArrived();
    return crowd.sum(({ log }) => log.size);
  });
  await steps.step('nobody saw an event of somebody else', () => same('foreign events', crowd.sum(({ foreign }) => foreign.length), 0));
  await steps.step((figures) => `resync is rare${figures ? `: ${figures}` : ''}`, async () => {
    const comebacks = crowd.sum('connects') - crowd.clients.length;
    const resyncs = [];
    for (const client of crowd.clients) {
      // An administrator hears more than anybody while all of them place their first order.
      const judged = client.resyncs.filter(({ at }) => at >= (client.judgedFrom ?? 0));
      for (const resync of judged) resyncs.push({ ...resync, isAdmin: client.isAdmin, gap: await crowd.gap(client, resync) });
    }
    holds(`${resyncs.length} of ${comebacks}: more than 1 %`, resyncs.length <= comebacks / 100);
    // Right after an outage a client may have been told an event of half a minute ago as the last.
    same('resyncs after less than a minute and 1,000 events', resyncs.filter(({ away, gap }) => away < 60_000 && gap <= 1_000), []);
    return `${resyncs.length} of ${comebacks} comebacks`;
  });
  await steps.step((figures) => `counted${figures ? `: ${figures}` : ''}`, async () => {
    const latencies = crowd.clients.flatMap((client) => client.latencies.map(({ took }) => took));
    return `${crowd.sum('repeated')} repeated, ${crowd.sum('overtaken')} overtaken by a newer version; cause to browser while connected ${summary(latencies)}`;
  });
}
