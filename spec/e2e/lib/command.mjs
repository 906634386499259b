import { spawn } from 'node:child_process';
import path from 'node:path';

import { checkout } from './environment.mjs';

// Runs a program to its end; returns {code, stdout, stderr}. Killed after `within` ms.
function finish(program, parameters, { env = process.env, cwd = checkout, within = 60_000 } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
      child[stream].setEncoding('utf8').on('data', (text) => (output[stream] += text));
    }
    const timer = setTimeout(() => child.kill('SIGKILL'), within);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code: code ?? signal, ...output });
    });
  });
}

// Runs a program that must exit 0; returns its stdout.
export async function execute(program, parameters, options) {
  const { code, stdout, stderr } = await finish(program, parameters, options);
  if (code === 0) return stdout;
  const output = `${stdout}\n${stderr}`.trim().slice(-4000);
  throw new Error(`${path.basename(program)} ${parameters.join(' ')} ended with ${code}:\n${output}`);
}

// The same for a program of bin/, as a person beside the running system would call it.
export function run(env, name, parameters) {
  return execute(path.join(checkout, 'bin', name), parameters, { env: { ...process.env, ...env } });
}
