import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { now } from './clock.mjs';
import { checkout, endpoints } from './environment.mjs';
import { eventually } from './eventually.mjs';

// A whole shop on this machine, as bin/up runs it, with its own state folder and free ports, so
// that it neither meets nor disturbs one that runs already.
export class System {
  #up;
  #exited;
  #shown = false;
  output = '';
  environment = {};

  // `state` holds data, logs and pid files; `settings` go into bin/up's environment.
  constructor({ state, settings = {} }) {
    this.state = state;
    this.settings = settings;
  }

  // One that runs already: bin/up in this checkout, or in CARAFE_STATE_DIR.
  static attach(state = process.env.CARAFE_STATE_DIR ?? path.join(checkout, 'tmp')) {
    const system = new System({ state });
    system.#readEnvironment();
    return system;
  }

  // Starts bin/up and waits until the shop runs and its sample order is through.
  async start({ options = ['--any-ports'], within = 1_200_000 } = {}) {
    this.launch(options);
    await eventually('bin/up says that everything runs', () => this.#readyOrDead(), { within, every: 100 });
    this.#readEnvironment();
  }

  // Starts bin/up and waits for nothing. It gets a process group of its own, like a job of a shell.
  launch(options) {
    mkdirSync(this.state, { recursive: true });
    this.output = '';
    this.#up = spawn(path.join(checkout, 'bin', 'up'), options, {
      cwd: checkout,
      detached: true,
      env: { ...process.env, ...this.settings, CARAFE_STATE_DIR: this.state },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#up.stdout, this.#up.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.output += text;
        if (this.#shown) process.stdout.write(text);
      });
    }
    this.#exited = new Promise((resolve) => this.#up.on('close', (code, signal) => resolve({ code, signal })));
  }

  // Passes on what bin/up says from now on.
  showOutput() {
    this.#shown = true;
  }

  #readyOrDead() {
    if (this.#up.exitCode !== null || this.#up.signalCode !== null) {
      throw new Error(`bin/up ended with ${this.#up.exitCode ?? this.#up.signalCode}:\n${this.output.slice(-3000)}`);
    }
    return this.output.includes('Ctrl-C stops everything');
  }

  #readEnvironment() {
    const file = path.join(this.state, 'up.env');
    if (!existsSync(file)) throw new Error(`no bin/up runs here: there is no ${file}`);
    const lines = readFileSync(file, 'utf8').split('\n').filter((line) => line.includes('='));
    const pairs = lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
    this.environment = { ...Object.fromEntries(pairs), CARAFE_STATE_DIR: this.state };
  }

  get endpoints() {
    return endpoints(this.environment);
  }

  // --- bin/up itself ----------------------------------------------------------------------------

  // As a terminal does it: the signal goes to the whole process group of the job.
  signal(signal) {
    process.kill(-this.#up.pid, signal);
  }

  kill() {
    process.kill(this.#up.pid, 'SIGKILL');
    return this.#exited;
  }

  async exited(within = 60_000) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`bin/up did not end within ${within} ms:\n${this.output.slice(-2000)}`)), within);
    });
    return Promise.race([this.#exited, late]).finally(() => clearTimeout(timer));
  }

  async stop() {
    if (!this.#up || this.#up.exitCode !== null || this.#up.signalCode !== null) return;
    this.signal('SIGINT');
    await this.exited(120_000);
  }

  remove() {
    rmSync(this.state, { recursive: true, force: true });
  }

  // --- its parts --------------------------------------------------------------------------------

  names() {
    const folder = path.join(this.state, 'run');
    return existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.pid')).map((file) => file.slice(0, -4)) : [];
  }

  pid(name) {
    const file = path.join(this.state, 'run', `${name}.pid`);
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    if (!alive(pid)) throw new Error(`${name} (pid ${pid}) does not run`);
    return pid;
  }

  // Sends a signal to a part and returns when, once it took effect.
  async strike(name, signal) {
    const pid = this.pid(name);
    const at = now();
    process.kill(pid, signal);
    if (['SIGKILL', 'SIGQUIT'].includes(signal)) {
      await eventually(`${name} (pid ${pid}) is gone`, () => !alive(pid), { every: 5 });
    }
    return at;
  }

  // bin/up starts again what dies, unless it is held.
  hold(name) {
    writeFileSync(path.join(this.state, 'run', `${name}.hold`), '');
  }

  release(name) {
    rmSync(path.join(this.state, 'run', `${name}.hold`), { force: true });
  }

  // Processes that were started with our state folder in their environment or on their command line.
  processes() {
    return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).map(Number)
      .filter((pid) => pid !== process.pid && alive(pid) && this.#isOurs(pid));
  }

  #isOurs(pid) {
    try {
      const texts = ['environ', 'cmdline'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'latin1'));
      return texts.some((text) => text.includes(`${this.state}/`) || text.includes(`CARAFE_STATE_DIR=${this.state}\0`));
    } catch {
      return false;
    }
  }
}

// A zombie has ended: only its parent has not looked yet.
export function alive(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}
