import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const checkout = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

// Where a running system is, from the variables that bin/up takes and hands to its children.
export function endpoints(env = process.env) {
  return {
    gateway: `http://127.0.0.1:${env.GATEWAY_PORT ?? 3008}`,
    brokers: required(env, 'KAFKA_BROKERS'),
    database: required(env, 'DATABASE_URL'),
    env,
  };
}

function required(env, name) {
  if (env[name]) return env[name];
  throw new Error(`set ${name} (bin/up --check does), or run bin/test`);
}
