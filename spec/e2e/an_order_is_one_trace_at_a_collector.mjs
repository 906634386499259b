#!/usr/bin/env node
// The whole shop exports its spans to a collector that reads them with the official definitions of
// OTLP: nothing is malformed, and an order is one connected trace from the request to the browsers.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { homedir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { checkout } from './lib/environment.mjs';
import { Steps } from './lib/steps.mjs';
import { System } from './lib/system.mjs';

const kWithin = 600_000; // most of it is for a build that is not there yet
const kCache = process.env.CARAFE_CACHE_DIR ?? path.join(homedir(), '.cache', 'carafe');
const kClockSlack = 1; // ms; the processes share a clock, whose steps are finer

class Collector {
  spans = [];
  errors = [];

  async start() {
    const python = path.join(kCache, 'otlp', 'bin', 'python');
    this.process = spawn(python, [path.join(checkout, 'spec', 'e2e', 'otlp', 'collector.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: this.process.stdout });
    const port = new Promise((resolve, reject) => {
      this.process.on('error', reject);
      this.process.on('exit', (code) => reject(new Error(`the collector ended with ${code}`)));
      lines.on('line', (line) => {
        const told = JSON.parse(line);
        if (told.port) resolve(told.port);
        else if (told.error) this.errors.push(told.error);
        else this.spans.push(told);
      });
    });
    this.url = `http://127.0.0.1:${await port}`;
  }

  async stop() {
    const ended = once(this.process, 'exit');
    this.process.stdin.end();
    await ended;
  }
}

async function main() {
  const steps = new Steps();
  const collector = new Collector();
  await collector.start();
  const system = new System({
    state: path.join(checkout, 'tmp', 'traced'),
    settings: {
      CARAFE_PRESET: process.env.CARAFE_PRESET ?? 'dev', DATABASE_URL: '', KAFKA_BROKERS: '',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '200',
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => system.stop().finally(() => process.exit(1)));
  try {
    system.launch(['--any-ports', '--reset', '--check']);
    await steps.chapter('The shop with a collector', async () => {
      await steps.step('bin/up --check passes', async () => {
        const { code } = await system.exited(kWithin);
        expect(code === 0, `it ended with ${code}:\n${system.output.slice(-3000)}`);
      });
    });
  } finally {
    await system.stop();
    await collector.stop();
  }
  await judge(steps, collector);
  if (steps.failed.length === 0) system.remove();
  return steps.finish();
}

async function judge(steps, { spans, errors }) {
  await steps.chapter('What the collector read', async () => {
    await steps.step(`${spans.length} spans, all as the definitions say`, () => {
      expect(errors.length === 0, errors.slice(0, 5).join('\n'));
      expect(spans.length > 0, 'there are none');
    });
    await steps.step('web, worker and realtime have sent some', () => {
      expectAll(['shop-web', 'shop-worker', 'shop-realtime'], new Set(spans.map(({ service }) => service)));
    });
    await steps.step('each is there once, and none ends before it starts', () => {
      expect(new Set(spans.map(({ span }) => span)).size === spans.length, 'two share an id');
      const backward = spans.filter(({ start, end }) => end < start);
      expect(backward.length === 0, JSON.stringify(backward[0]));
    });
  });
  const traces = new Map();
  for (const span of spans) traces.set(span.trace, [...(traces.get(span.trace) ?? []), span]);
  const orders = [...traces.values()].filter((trace) => trace.some(isOrder));
  await steps.chapter(`${orders.length} orders`, async () => {
    await steps.step('there are some, each a trace with one request that placed it', () => {
      expect(orders.length > 0, 'no trace has a POST /orders');
      const doubled = orders.find((trace) => trace.filter(isOrder).length > 1);
      expect(!doubled, () => drawing(doubled));
    });
    await steps.step('every span of them hangs below another, but the first', () => {
      for (const trace of orders) {
        const known = new Set(trace.map(({ span }) => span));
        const loose = trace.filter(({ parent }) => parent !== '' && !known.has(parent));
        // The client's own span is not ours to export: of one that says it has one, the request hangs alone.
        const strange = loose.filter((span) => !isOrder(span));
        expect(strange.length === 0, () => `${strange[0]?.name} hangs below nothing:\n${drawing(trace)}`);
        const roots = trace.filter(({ parent }) => !known.has(parent));
        expect(roots.length === 1 && isOrder(roots[0]), () => `it has several beginnings:\n${drawing(trace)}`);
      }
    });
    await steps.step('no span starts before what it follows from', () => {
      for (const trace of orders) {
        const starts = new Map(trace.map(({ span, start }) => [span, start]));
        const early = trace.find(({ parent, start }) => start < (starts.get(parent) ?? 0) - kClockSlack);
        expect(!early, () => `${early?.name}:\n${drawing(trace)}`);
      }
    });
    await steps.step('each goes through the request, the outbox, the worker and the browsers', () => {
      for (const trace of orders) {
        const names = new Set(trace.map(({ service, name }) => `${service}: ${name}`));
        const any = new Set(trace.map(({ name }) => name));
        expectAll(['shop-web: POST /orders', 'shop-worker: process inventory', 'shop-realtime: process order.created'], names, trace);
        expectAll(['create order.created', 'publish inventory', 'publish order.created'], any, trace);
      }
    });
  });
  if (orders.length > 0) console.log(`\n${drawing(orders[0])}`);
}

const isOrder = ({ kind, name }) => kind === 'SPAN_KIND_SERVER' && name === 'POST /orders';

function drawing(trace) {
  const begin = Math.min(...trace.map(({ start }) => start));
  const known = new Set(trace.map(({ span }) => span));
  const lines = [];
  const draw = (spans, indent) => {
    for (const each of spans.sort((a, b) => a.start - b.start)) {
      const at = (each.start - begin).toFixed(1).padStart(8);
      const took = (each.end - each.start).toFixed(1).padStart(7);
      lines.push(`${at} ms ${took} ms  ${indent}${each.name} (${each.service})${each.status === 'STATUS_CODE_ERROR' ? ' failed' : ''}`);
      draw(trace.filter(({ parent }) => parent === each.span), `${indent}  `);
    }
  };
  draw(trace.filter(({ parent }) => !known.has(parent)), '');
  return lines.join('\n');
}

function expect(holds, why) {
  if (!holds) throw new Error(typeof why === 'function' ? why() : why);
}

function expectAll(wanted, known, trace) {
  const missing = wanted.filter((each) => !known.has(each));
  expect(missing.length === 0, () => `missing: ${missing.join(', ')} among ${[...known].join(', ')}${trace ? `\n${drawing(trace)}` : ''}`);
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(`✗ ${error.message}`);
    process.exit(1);
  },
);
