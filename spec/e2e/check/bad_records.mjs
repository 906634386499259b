import { run } from '../lib/command.mjs';
import { same, holds } from '../lib/expect.mjs';
import { uuidv7 } from '../lib/uuid.mjs';

const kDeadLetterTopic = 'inventory.dlq';

// Two records that an outside client puts on `inventory`. They must come out on the dead letter
// topic as they went in, each after the attempts its kind deserves.
function badRecord(kind, key, value) {
  return {
    topic: 'inventory',
    key,
    value,
    headers: {
      ce_specversion: '1.0',
      ce_id: uuidv7(),
      ce_type: 'STOCK_RESERVE_REQUEST',
      ce_source: 'outside-client',
      ce_time: new Date().toISOString(),
      'content-type': 'application/json',
      'x-outside-note': `${kind}: žluťoučký kůň`,
    },
  };
}

export async function deadLettersBadRecords({ steps, world, load }) {
  const unknownOrder = uuidv7();
  const records = {
    unparsable: badRecord('cannot be parsed', uuidv7(), '{"order_id": "'),
    unknown: badRecord('no such order', unknownOrder, JSON.stringify({ order_id: unknownOrder })),
  };
  const dead = {};
  await steps.step('a record that cannot be parsed goes straight to inventory.dlq: 1 attempt', async () => {
    dead.unparsable = await putAndFindDead(world, records.unparsable, { attempts: '1', redrives: '0' });
  });
  await steps.step('a record for an order that does not exist goes there after 3 attempts', async () => {
    dead.unknown = await putAndFindDead(world, records.unknown, { attempts: '3', redrives: '0' });
  });
  await steps.step('good orders were confirmed meanwhile', () => load.progress());
  return { records, dead };
}

async function putAndFindDead({ kafka, tap }, record, { attempts, redrives }) {
  const origin = await kafka.put(record);
  const dead = await deadLetterOf(tap, record, redrives);
  keptAsItWas(record, dead);
  same('dlq_attempts', dead.headers.dlq_attempts, attempts);
  same('origin', originOf(dead), { topic: record.topic, partition: `${origin.partition}`, offset: `${origin.offset}` });
  holds('dlq_source_timestamp is a time of today', Math.abs(Number(dead.headers.dlq_source_timestamp) - Date.now()) < 600_000);
  same('dlq_consumer_group', dead.headers.dlq_consumer_group, 'shop-inventory');
  for (const name of ['dlq_error_class', 'dlq_error_message', 'dlq_fingerprint']) {
    holds(`${name} is there`, dead.headers[name]?.length > 0);
  }
  holds('dlq_error_message is at most 1 KiB', Buffer.byteLength(dead.headers.dlq_error_message) <= 1024);
  return dead;
}

function deadLetterOf(tap, record, redrives) {
  return tap.record(
    `the record ${record.key} on ${kDeadLetterTopic} with dlq_redrives ${redrives}`,
    (each) => each.topic === kDeadLetterTopic && each.key === record.key && each.headers.dlq_redrives === redrives,
    30_000,
  );
}

function keptAsItWas(record, dead) {
  same('value', dead.value, record.value);
  const kept = Object.fromEntries(Object.keys(record.headers).map((name) => [name, dead.headers[name]]));
  same('headers', kept, record.headers);
}

function originOf({ headers }) {
  return { topic: headers.dlq_source_topic, partition: headers.dlq_source_partition, offset: headers.dlq_source_offset };
}

const idOf = (dead) => `${dead.topic}/${dead.partition}/${dead.offset}`;

export async function showsAndRedrives({ steps, world, load, records, dead }) {
  const { env, tap } = world;
  await steps.step('bin/dlq list names both', async () => {
    const list = await run(env, 'dlq', ['list', '--topic', kDeadLetterTopic, '--limit', '1000', '--json']);
    for (const each of Object.values(dead)) holds(`${idOf(each)} is listed in:\n${list.slice(0, 500)}`, listed(list, each));
  });
  await steps.step('bin/dlq show prints why, the key and the origin', async () => {
    for (const each of Object.values(dead)) {
      const shown = await run(env, 'dlq', ['show', idOf(each)]);
      const { dlq_error_message: why, dlq_error_class: kind, dlq_source_topic: topic } = each.headers;
      for (const part of [why, kind, topic, each.key]) holds(`it says ${part}:\n${shown}`, shown.includes(part));
    }
  });
  await steps.step('bin/dlq redrive sends one through again; it comes back with dlq_redrives 1', async () => {
    await run(env, 'dlq', ['redrive', idOf(dead.unknown), '--reason', 'bin/up --check', '--yes']);
    const again = await deadLetterOf(tap, records.unknown, '1');
    keptAsItWas(records.unknown, again);
    same('dlq_attempts', again.headers.dlq_attempts, '3');
    holds('its origin is the redriven copy', again.headers.dlq_source_offset !== dead.unknown.headers.dlq_source_offset
      || again.headers.dlq_source_partition !== dead.unknown.headers.dlq_source_partition);
    same('the other one stayed', tap.records.filter((each) =>
      each.topic === kDeadLetterTopic && each.key === records.unparsable.key).length, 1);
  });
  await steps.step('good orders were confirmed meanwhile', () => load.progress());
}

// An ID may be one string or three fields.
function listed(list, each) {
  if (list.includes(idOf(each))) return true;
  return JSON.parse(list).some?.((row) => row.topic === each.topic && row.partition === each.partition && row.offset === each.offset);
}
