#!/usr/bin/env node
// The whole shop in one go, for bin/test: bin/up --check on free ports with a state folder of its
// own must exit 0 and leave no process behind.
import path from 'node:path';

import { checkout } from './lib/environment.mjs';
import { System } from './lib/system.mjs';

const kWithin = 600_000; // most of it is for a build that is not there yet

async function main() {
  const system = new System({
    state: path.join(checkout, 'tmp', 'smoke'),
    settings: { CARAFE_PRESET: process.env.CARAFE_PRESET ?? 'dev', DATABASE_URL: '', KAFKA_BROKERS: '' },
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => system.stop().finally(() => process.exit(1)));
  system.launch(['--any-ports', '--reset', '--check']);
  system.showOutput();
  let code;
  try {
    ({ code } = await system.exited(kWithin));
  } finally {
    await system.stop();
  }
  const left = system.processes();
  if (left.length > 0) console.error(`✗ processes are left: ${left.join(', ')}`);
  if (code !== 0 || left.length > 0) {
    console.error(`logs are in ${path.relative(checkout, system.state)}/log`);
    return 1;
  }
  system.remove();
  return 0;
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(`✗ ${error.message}`);
    process.exit(1);
  },
);
