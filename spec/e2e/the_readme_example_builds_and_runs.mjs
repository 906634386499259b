#!/usr/bin/env node
// The three steps of README.md, taken literally: the files it shows, in a project of their own, on
// the installed framework. They must build, their spec must pass, and their worker must greet and
// dead-letter on a real Kafka (KAFKA_BROKERS).
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { execute } from './lib/command.mjs';
import { checkout } from './lib/environment.mjs';
import { eventually } from './lib/eventually.mjs';
import { holds, same } from './lib/expect.mjs';
import { OutsideKafka } from './lib/outside_kafka.mjs';
import { fileBlocks } from './lib/readme_blocks.mjs';
import { Steps } from './lib/steps.mjs';

const kTopics = ['greetings', 'greetings.dlq'];
const kScratch = path.join(checkout, 'tmp', 'readme');
const kBuild = path.join(checkout, 'build', process.env.CARAFE_PRESET ?? 'dev');
const kPrefix = path.join(kScratch, 'prefix');
const kProject = path.join(kScratch, 'hello');
const kMinutes = 60_000;

async function main() {
  const steps = new Steps();
  rmSync(kScratch, { recursive: true, force: true });
  mkdirSync(kScratch, { recursive: true });
  let built = false;
  await steps.chapter('The example of README.md', async () => {
    await builds(steps);
    built = true;
  });
  if (built) await steps.chapter('Its worker, on Kafka', () => runs(steps));
  return steps.finish();
}

async function builds(steps) {
  await steps.step((files) => `the page shows ${files?.join(', ') ?? 'files'}`, () => {
    const blocks = fileBlocks(readFileSync(path.join(checkout, 'README.md'), 'utf8')).filter((block) => block.path.startsWith('hello/'));
    for (const { path: file, text } of blocks) writeNew(path.join(kScratch, file), text);
    const names = blocks.map((block) => path.basename(block.path));
    for (const wanted of ['CMakeLists.txt', 'karafka.yml', 'main.cpp']) holds(`there is a ${wanted}`, names.includes(wanted));
    return names;
  });
  await steps.step('the framework installs', () => execute('cmake', ['--install', kBuild, '--prefix', kPrefix], { within: kMinutes }));
  await steps.step('the project finds it and builds', async () => {
    const build = path.join(kProject, 'build');
    await execute('cmake', ['-S', kProject, '-B', build, '-G', 'Ninja', `-DCMAKE_PREFIX_PATH=${kPrefix}`, ...settings()], { within: kMinutes });
    await execute('cmake', ['--build', build], { within: 10 * kMinutes });
  });
  await steps.step('its spec passes', async () => {
    const output = await execute(path.join(kProject, 'build', 'hello_spec'), [], { within: kMinutes });
    holds(`a test ran:\n${output}`, /\[ {2}PASSED {2}\] [1-9]/.test(output));
  });
}

// A build with sanitizers is linked with them.
function settings() {
  const cache = readFileSync(path.join(kBuild, 'CMakeCache.txt'), 'utf8');
  const value = (name) => new RegExp(`^${name}:[A-Z]+=(.*)$`, 'm').exec(cache)?.[1] ?? '';
  const sanitize = value('CARAFE_SANITIZE');
  const flags = sanitize ? [`-DCMAKE_CXX_FLAGS=-fsanitize=${sanitize}`] : [];
  return [...flags, `-DCMAKE_BUILD_TYPE=${value('CMAKE_BUILD_TYPE')}`, `-DCMAKE_CXX_COMPILER_LAUNCHER=${value('CMAKE_CXX_COMPILER_LAUNCHER')}`];
}

function writeNew(file, text) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text, { flag: 'wx' });
}

async function runs(steps) {
  if (!process.env.KAFKA_BROKERS) throw new Error('set KAFKA_BROKERS or run bin/test');
  const kafka = new OutsideKafka(process.env.KAFKA_BROKERS);
  await kafka.connect();
  const worker = new Worker();
  try {
    await steps.step('hello topics migrate makes the topics', () => hello(['topics', 'migrate']));
    worker.start();
    await steps.step('hello worker handles a greeting, and dead-letters the nameless after 3 attempts', async () => {
      const dead = await kafka.tap(['greetings.dlq']);
      await kafka.put({ topic: 'greetings', key: '1', value: '' });
      await kafka.put({ topic: 'greetings', key: '1', value: 'Ada' });
      const record = await dead.record('the dead letter', ({ key }) => key === '1', 30_000);
      same('dlq_attempts', record.headers.dlq_attempts, '3');
      holds('it says why', record.headers.dlq_error_message.includes('a greeting needs a name'));
      await eventually('both are committed', () => kafka.lagIsZero('hello', 'greetings'), { within: 30_000 });
    });
    await steps.step('hello dlq list shows what could not be greeted', async () => {
      const list = await hello(['dlq', 'list']);
      holds(`it names the topic:\n${list}`, list.includes('greetings.dlq'));
    });
    await steps.step('TERM stops the worker with exit 0', () => worker.stop());
  } finally {
    worker.kill();
    await kafka.deleteTopics(kTopics);
    await kafka.close();
  }
}

const kEnvironment = { ...process.env, CARAFE_CONFIG: path.join(kProject, 'karafka.yml') };

function hello(parameters) {
  return execute(path.join(kProject, 'build', 'hello'), parameters, { env: kEnvironment, cwd: kProject, within: kMinutes });
}

class Worker {
  #child;
  #exited;
  #log = '';

  start() {
    this.#child = spawn(path.join(kProject, 'build', 'hello'), ['worker'], {
      env: { ...kEnvironment, OPS_PORT: '0' }, cwd: kProject, stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) stream.on('data', (text) => (this.#log += text));
    this.#exited = new Promise((resolve) => this.#child.on('close', (code, signal) => resolve(code ?? signal)));
  }

  async stop() {
    this.#child.kill('SIGTERM');
    const code = await Promise.race([this.#exited, new Promise((resolve) => setTimeout(resolve, 30_000, 'no exit'))]);
    if (code !== 0) throw new Error(`it ended with ${code}:\n${this.#log.slice(-2000)}`);
  }

  kill() {
    this.#child?.kill('SIGKILL');
  }
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(`✗ ${error.message}`);
    process.exit(1);
  },
);
