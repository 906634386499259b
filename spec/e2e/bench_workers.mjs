#!/usr/bin/env node
// bin/bench memory and bin/bench scale: workers whose consumer waits for each record, on a broker that
// bin/bench started.
//   memory  2 GB wait in 60 partitions and in key lanes: what the worker takes beside its budget
//   scale   three workers beside one, a handler of 20 ms
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

import { freePort, run, Servers } from './bench/programs.mjs';
import { conclude, verdict } from './bench/verdict.mjs';
import { now, sleep } from './lib/clock.mjs';
import { eventually } from './lib/eventually.mjs';
import { percentile } from './lib/statistics.mjs';

const { values: options, positionals: [subject] } = parseArgs({
  allowPositionals: true,
  options: {
    gigabytes: { type: 'string', default: '2' },
    bytes: { type: 'string', default: '1024' },
    seconds: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '3' },
  },
});
const seconds = Number(options.seconds);
const env = (name) => process.env[name] ?? (() => { throw new Error(`set ${name}, or run bin/bench ${subject}`); })();
const folder = env('CARAFE_STATE_DIR');
const program = env('BENCH_WORKER');
const servers = new Servers();

const kMiB = 1024 * 1024;

// A topic of its own and a worker's configuration for it.
async function prepare({ partitions, records, bytes, wait, worker, parallel }) {
  mkdirSync(folder, { recursive: true });
  const topic = `bench-${process.pid}-${subject}`;
  const config = path.join(folder, `${subject}.yml`);
  const text = (group) => `
kafka: {bootstrap.servers: "${env('KAFKA_BROKERS')}"}
consumer_groups:
  ${group}:
    topics:
      ${topic}: {consumer: WaitingConsumer, delivery: at_least_once, batch: {max_messages: 10, max_wait: 5ms}${parallel ?? ''}}
topics:
  ${topic}: {partitions: ${partitions}}
worker: {${worker}}
`;
  const environment = {
    ...process.env, CARAFE_CONFIG: config, BENCH_WAIT_US: String(wait), BENCH_TOPIC: topic, BENCH_RECORDS: String(records), BENCH_BYTES: String(bytes),
    LOG_LEVEL: 'warn',
  };
  delete environment.DATABASE_URL;
  writeFileSync(config, text('bench'));
  await run(program, ['topics', 'migrate'], { env: environment });
  console.log(`filling ${topic}: ${records} records of ${bytes} bytes, ${partitions} partitions`);
  await run(program, ['fill'], { env: environment });
  return { environment, group: (name) => writeFileSync(config, text(name)) };
}

async function startWorker(environment) {
  const ops = await freePort();
  const child = await servers.start(program, ['worker'], ops, { env: { ...environment, OPS_PORT: String(ops) }, log: 'inherit' });
  return { ops, child };
}

async function processed({ ops }) {
  const text = await (await fetch(`http://127.0.0.1:${ops}/metrics`)).text();
  return [...text.matchAll(/^carafe_records_processed_total\{[^}]*\} (\d+)/gm)].reduce((sum, [, count]) => sum + Number(count), 0);
}

function memoryOf({ child }) {
  const kilobytes = (field) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]);
  return { rss: kilobytes('VmRSS') / 1024, most: kilobytes('VmHWM') / 1024 };
}

async function memory() {
  const kBudget = 64;
  const kBeside = 64;
  const bytes = Number(options.bytes);
  const { environment } = await prepare({
    partitions: 60, records: Math.round((Number(options.gigabytes) * 1000 * kMiB) / bytes), bytes, wait: 5_000,
    worker: `processing_threads: 8, memory_budget: ${kBudget}MiB`, parallel: ', parallel: {by: key, lanes: 8}',
  });
  const worker = await startWorker(environment);
  const figures = [];
  for (let second = 0; second < seconds; ++second) {
    await sleep(1_000);
    figures.push(memoryOf(worker).rss);
  }
  const count = await processed(worker);
  const { most } = memoryOf(worker);
  await servers.end(worker.child);
  console.log(`${options.gigabytes} GB of ${bytes} B in 60 partitions, 8 lanes each, a handler of 5 ms, memory_budget ${kBudget} MiB: ` +
    `${count} records in ${seconds} s; RSS ${percentile(figures, 0.5).toFixed(0)} MiB at the median, ${most.toFixed(0)} MiB at most`);
  return verdict(`at most ${kBudget} MiB + ${kBeside} MiB`, count > 0 && most <= kBudget + kBeside);
}

// Records a second of as many workers, once all of them have partitions.
async function rateOf(count, environment) {
  const workers = [];
  for (let index = 0; index < count; ++index) workers.push(await startWorker(environment));
  await eventually('every worker works', async () => (await Promise.all(workers.map(processed))).every((records) => records > 0), { within: 60_000, every: 100 });
  await sleep(3_000);
  const total = async () => (await Promise.all(workers.map(processed))).reduce((sum, records) => sum + records, 0);
  const [before, from] = [await total(), now()];
  await sleep(seconds * 1_000);
  const rate = ((await total()) - before) / ((now() - from) / 1_000);
  await servers.end(...workers.map(({ child }) => child));
  return rate;
}

async function scale() {
  const kTarget = 2.7;
  const kThreads = 4;
  const { environment, group } = await prepare({
    partitions: 12, records: 200_000, bytes: 200, wait: 20_000, worker: `processing_threads: ${kThreads}`,
  });
  const ratios = [];
  for (let round = 1; round <= Number(options.rounds); ++round) {
    group(`one-${round}`);
    const one = await rateOf(1, environment);
    group(`three-${round}`);
    const three = await rateOf(3, environment);
    ratios.push(three / one);
    console.log(`round ${round}: one worker ${one.toFixed(0)}/s, three ${three.toFixed(0)}/s (each could do ${kThreads * 50}/s): ${(three / one).toFixed(2)}`);
  }
  const ratio = percentile(ratios, 0.5);
  return verdict(`three workers do ${ratio.toFixed(2)} times what one does, at least ${kTarget}`, ratio >= kTarget);
}

await conclude({ memory, scale }[subject], () => servers.stop());
