#!/usr/bin/env node
// The official clients of Socket.IO in Node, in a page of Chromium, in Java and in Python have the same
// conversation with our server, with their default options, by WebSocket alone and by polling alone.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createListener } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { io } from 'socket.io-client';

import { converse } from './clients/conversation.mjs';
import { execute } from './lib/command.mjs';
import { checkout } from './lib/environment.mjs';
import { eventually } from './lib/eventually.mjs';
import { same } from './lib/expect.mjs';
import { Steps } from './lib/steps.mjs';

const kServer = path.join(checkout, 'build', process.env.CARAFE_PRESET ?? 'dev', 'spec', 'realtime_conformance_server');
const kClients = path.join(checkout, 'spec', 'e2e', 'clients');
const kLibrary = path.join(checkout, 'spec', 'e2e', 'node_modules', 'socket.io-client', 'dist', 'socket.io.esm.min.js');
const kCache = process.env.CARAFE_CACHE_DIR ?? path.join(homedir(), '.cache', 'carafe');
const kWithin = 120_000;
const kTransports = [undefined, 'websocket', 'polling'];
const kConversation = [
  'connects and is known', 'has the transport it wants', 'hears its words again', 'hears its bytes again',
  'gets an acknowledgement', 'gets an acknowledgement with bytes', 'is asked and answers', 'has another namespace',
  'is refused with a reason', 'is sent away and comes back',
];

async function main() {
  const steps = new Steps();
  const port = await freePort();
  const server = spawn(kServer, ['clients', String(port)], { stdio: 'inherit' });
  server.on('error', (error) => console.error(error.message));
  const url = `http://127.0.0.1:${port}`;
  try {
    await eventually('the server listens', async () => (await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).ok);
    await everyTransport(steps, 'socket.io-client in Node', (transport) => converse(io, url, transport && [transport]));
    await everyTransport(steps, 'socket.io-client in a page of Chromium', (transport) => inPage(url, transport));
    await everyTransport(steps, 'python-socketio', (transport) => program('/usr/bin/python3', [path.join(kClients, 'client.py')], url, transport));
    const libraries = await javaClient();
    await everyTransport(steps, 'the Java client', (transport) =>
      program('java', ['-cp', path.join(libraries, '*'), 'groovy.ui.GroovyMain', path.join(kClients, 'client.groovy')], url, transport));
  } finally {
    server.kill('SIGTERM');
  }
  return steps.finish();
}

async function everyTransport(steps, client, talk) {
  await steps.chapter(client, async () => {
    for (const transport of kTransports) {
      await steps.step(transport ? `${transport} alone` : 'default options', async () => same('what went well', await talk(transport), kConversation));
    }
  });
}

async function program(command, parameters, url, transport) {
  const output = await execute(command, [...parameters, url, ...(transport ? [transport] : [])], { within: kWithin });
  return output.trim().split('\n');
}

// The page comes from another origin than the server, and tells what went well by a POST.
async function inPage(url, transport) {
  const scripts = { '/socket.io.mjs': kLibrary, '/conversation.mjs': path.join(kClients, 'conversation.mjs') };
  const page = `<!doctype html><script type="module">
    import { io } from '/socket.io.mjs';
    import { converse } from '/conversation.mjs';
    const done = await converse(io, ${JSON.stringify(url)}, ${JSON.stringify(transport && [transport])});
    await fetch('/done', { method: 'POST', body: JSON.stringify(done) });
  </script>`;
  const profile = mkdtempSync(path.join(tmpdir(), 'carafe-page-'));
  let browser;
  const site = createServer();
  try {
    const told = new Promise((resolve) => {
      site.on('request', (request, response) => {
        if (request.method === 'POST') {
          let text = '';
          request.on('data', (bytes) => (text += bytes)).on('end', () => resolve(JSON.parse(text)));
        }
        const script = scripts[request.url];
        response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
        response.end(script ? readFileSync(script) : page);
      });
    });
    await new Promise((resolve) => site.listen(0, '127.0.0.1', resolve));
    browser = spawn('chromium', [
      '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', `--user-data-dir=${profile}`,
      `http://127.0.0.1:${site.address().port}/`,
    ], { stdio: 'ignore', detached: true });
    const failed = new Promise((_, reject) => {
      browser.on('error', reject);
      setTimeout(() => reject(new Error(`the page told nothing within ${kWithin} ms`)), kWithin).unref();
    });
    return await Promise.race([told, failed]);
  } finally {
    await gone(browser);
    endFamily(browser);
    site.close();
    // What it wrote meanwhile is found by another look only; the retries of rmSync take none.
    await eventually('the profile of Chromium is removed', () => {
      rmSync(profile, { recursive: true, force: true });
      return true;
    });
  }
}

function gone(child) {
  if (!child || child.exitCode !== null || child.signalCode !== null) return undefined;
  return new Promise((resolve) => {
    child.on('exit', resolve);
    child.kill('SIGTERM');
  });
}

// Chromium's helpers may outlive it for a while, and go on writing into its profile.
function endFamily(child) {
  try {
    if (child?.pid) process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

// Its jars, as the pom says, kept in the cache from run to run.
async function javaClient() {
  const pom = path.join(kClients, 'java_client.xml');
  const key = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12);
  const libraries = path.join(kCache, `socketio-java-client-${key}`);
  if (existsSync(libraries)) return libraries;
  mkdirSync(kCache, { recursive: true });
  const work = mkdtempSync(path.join(kCache, '.java-client-'));
  await execute('mvn', ['-q', '-B', '-C', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${work}`, '-DincludeScope=runtime'], { within: 300_000 });
  renameSync(work, libraries);
  return libraries;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const listener = createListener();
    listener.on('error', reject);
    listener.listen(0, '127.0.0.1', () => {
      const { port } = listener.address();
      listener.close(() => resolve(port));
    });
  });
}

main().then(
  (code) => process.exit(code),
  (error) => {
    console.error(`✗ ${error.message}`);
    process.exit(1);
  },
);
