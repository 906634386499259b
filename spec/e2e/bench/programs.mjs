import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import net from 'node:net';

import { eventually } from '../lib/eventually.mjs';

// Runs a program to its end; returns what it wrote to its output.
export function run(program, args, { env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let errors = '';
    child.stdout.setEncoding('utf8').on('data', (text) => { output += text; });
    child.stderr.setEncoding('utf8').on('data', (text) => { errors += text; });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(`${program} ended with ${code}: ${errors.slice(-2000)}`))));
  });
}

// Servers of the run. All end with it: they serve until their input closes, or are stopped.
export class Servers {
  #children = [];

  async start(program, args, port, { env = process.env, log = 'ignore' } = {}) {
    const child = spawn(program, args, { env, stdio: ['pipe', log, log] });
    this.#children.push(child);
    await eventually(`${program} ${args[0] ?? ''} listens on ${port}`, () => {
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
      return listens(port);
    }, { within: 30_000, every: 20 });
    return child;
  }

  // Ends these, or all when none is named, and waits until they have: longer than a worker may take.
  async end(...named) {
    const children = named.length > 0 ? named : this.#children;
    for (const child of children) child.kill('SIGTERM');
    await eventually('they have stopped', () => children.every((child) => child.exitCode !== null || child.signalCode !== null), { within: 40_000, every: 5 });
  }

  stop() {
    for (const child of this.#children) {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
    }
  }
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.on('connect', () => { socket.destroy(); resolve(true); });
    socket.on('error', () => resolve(false));
  });
}

export async function freePort() {
  const server = net.createServer();
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address();
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

const kTicks = 100; // USER_HZ, on every Linux

// CPU-seconds so far of a process and the children it has waited for.
function cpuOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { parent: Number(fields[1]), seconds: fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / kTicks };
  } catch {
    return { parent: 0, seconds: 0 };
  }
}

// CPU-seconds so far of a process and all its children: PostgreSQL's server with its backends.
export function cpuOfFamily(pid) {
  const children = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry)).map((entry) => cpuOf(entry));
  return cpuOf(pid).seconds + children.filter(({ parent }) => parent === pid).reduce((sum, { seconds }) => sum + seconds, 0);
}

// One run of wrk: {perSecond, p99, failed}.
export async function wrk(url, { connections, seconds, script, headers = [] }) {
  const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency', '--timeout', '10s'];
  for (const header of headers) args.push('-H', header);
  if (script) args.push('-s', script);
  const text = await run('wrk', [...args, url]);
  const number = (pattern) => Number(pattern.exec(text)?.[1] ?? 0);
  const failed = number(/Non-2xx or 3xx responses: (\d+)/) +
    [...(/Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text) ?? []).slice(1)].reduce((sum, count) => sum + Number(count), 0);
  if (!text.includes('Requests/sec')) throw new Error(`wrk said: ${text}`);
  return { perSecond: number(/Requests\/sec:\s+([\d.]+)/), requests: number(/(\d+) requests in/), failed };
}

// One run of pgbench over a script: {perSecond}.
export async function pgbench(program, url, script, { connections, seconds, first }) {
  const args = ['-n', '-D', `number=${first}`, '-M', 'prepared', '-c', String(connections), '-j', '1', '-T', String(seconds), '-f', script, url];
  const text = await run(program, args);
  const failed = /number of failed transactions: (\d+)/.exec(text);
  if (failed && failed[1] !== '0') throw new Error(`pgbench: ${text}`);
  return { perSecond: Number(/tps = ([\d.]+)/.exec(text)[1]), requests: Number(/transactions actually processed: (\d+)/.exec(text)[1]), failed: 0 };
}
