import http from 'node:http';

import { now } from './clock.mjs';

// A plain HTTP client with keep-alive connections; through the gateway unless told otherwise.
// An answer of any status is a result; only a broken connection or a time-out throws.
export class HttpClient {
  #base;
  #agent;

  constructor(base, { sockets = 64 } = {}) {
    this.#base = new URL(base);
    this.#agent = new http.Agent({ keepAlive: true, maxSockets: sockets });
  }

  get(path, options) {
    return this.request('GET', path, options);
  }

  post(path, json, options) {
    return this.request('POST', path, { ...options, json });
  }

  request(method, path, { token, json, headers = {}, timeout = 30_000 } = {}) {
    const body = json === undefined ? undefined : JSON.stringify(json);
    const all = { accept: 'application/json', ...headers };
    if (token) all.authorization = `Bearer ${token}`;
    if (body !== undefined) {
      all['content-type'] = 'application/json';
      all['content-length'] = Buffer.byteLength(body);
    }
    return new Promise((resolve, reject) => {
      const sentAt = now();
      const request = http.request(
        { agent: this.#agent, host: this.#base.hostname, port: this.#base.port, method, path, headers: all, timeout },
        (response) => {
          const chunks = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({ status: response.statusCode, headers: response.headers, body: parse(text), sentAt, answeredAt: now() });
          });
        },
      );
      request.on('timeout', () => request.destroy(new Error(`${method} ${path}: no answer within ${timeout} ms`)));
      request.on('error', reject);
      request.end(body);
    });
  }

  close() {
    this.#agent.destroy();
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

// "POST /api/orders answered 503: Service Unavailable, the database is away"
export function describe(method, path, answer) {
  const body = typeof answer.body === 'string' ? answer.body.slice(0, 200) : JSON.stringify(answer.body).slice(0, 400);
  return `${method} ${path} answered ${answer.status}: ${body}`;
}
