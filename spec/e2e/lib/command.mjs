import { spawn } from 'node:child_process';
import path from 'node:path';

import { checkout } from './environment.mjs';

// Runs a program of bin/ as a person would; returns {code, stdout, stderr}.
export function command(env, name, args, { within = 60_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(path.join(checkout, 'bin', name), args, {
      env: { ...process.env, ...env },
      cwd: checkout,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
      child[stream].setEncoding('utf8').on('data', (text) => (output[stream] += text));
    }
    const timer = setTimeout(() => child.kill('SIGKILL'), within);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code: signal ? -1 : code, ...output });
    });
  });
}

// The same, but throws unless it exits 0; returns stdout.
export async function run(env, name, args, options) {
  const result = await command(env, name, args, options);
  if (result.code !== 0) {
    throw new Error(`bin/${name} ${args.join(' ')} exited ${result.code}:\n${result.stderr || result.stdout}`);
  }
  return result.stdout;
}
