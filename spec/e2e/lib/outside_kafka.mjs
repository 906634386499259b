import { randomUUID } from 'node:crypto';

import kafkajs from 'kafkajs';

import { Arrivals, eventually } from './eventually.mjs';

const { Kafka, Partitioners, logLevel } = kafkajs;

// A Kafka client that is none of ours (KafkaJS): what a foreign producer puts on our topics, and
// what anybody sees there.
export class OutsideKafka {
  #kafka;
  #producer;
  #admin;
  #taps = [];

  constructor(brokers) {
    this.#kafka = new Kafka({
      clientId: 'carafe-outside-client',
      brokers: brokers.split(','),
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 100, retries: 8 },
    });
  }

  async connect() {
    this.#producer = this.#kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    this.#admin = this.#kafka.admin();
    await Promise.all([this.#producer.connect(), this.#admin.connect()]);
  }

  // Puts one record; returns where it landed: {partition, offset}.
  async put({ topic, key, value, headers = {} }) {
    const [placed] = await this.#producer.send({ topic, acks: -1, messages: [{ key, value, headers }] });
    return { partition: placed.partition, offset: Number(placed.baseOffset) };
  }

  // Whether a group has committed everything that is in a topic now.
  async lagIsZero(group, topic) {
    const ends = await this.#admin.fetchTopicOffsets(topic);
    const [{ partitions }] = await this.#admin.fetchOffsets({ groupId: group, topics: [topic] });
    const committed = new Map(partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    return ends.every(({ partition, high }) => Number(high) === 0 || committed.get(partition) === Number(high));
  }

  async deleteTopics(topics) {
    const present = await this.#admin.listTopics();
    await this.#admin.deleteTopics({ topics: topics.filter((topic) => present.includes(topic)) });
  }

  // Follows topics from their current ends (or from `from` = 'beginning').
  async tap(topics, { from = 'end' } = {}) {
    const tap = new Tap(this.#kafka, this.#admin, topics, from);
    this.#taps.push(tap);
    await tap.start();
    return tap;
  }

  async close() {
    await Promise.allSettled(this.#taps.map((tap) => tap.stop()));
    await Promise.allSettled([this.#producer?.disconnect(), this.#admin?.disconnect()]);
  }
}

export class Tap {
  #consumer;
  #admin;
  #topics;
  #from;
  #group = `carafe-outside-${randomUUID()}`;
  #positions = new Map(); // topic/partition -> the next offset to be read
  records = new Arrivals();

  constructor(kafka, admin, topics, from) {
    this.#consumer = kafka.consumer({ groupId: this.#group, maxWaitTimeInMs: 50, sessionTimeout: 30_000 });
    this.#admin = admin;
    this.#topics = topics;
    this.#from = from;
  }

  async start() {
    const bounds = await this.#bounds();
    const joined = new Promise((resolve) => this.#consumer.on(this.#consumer.events.GROUP_JOIN, resolve));
    await this.#consumer.connect();
    await this.#consumer.subscribe({ topics: this.#topics, fromBeginning: true });
    await this.#consumer.run({
      autoCommit: false,
      eachMessage: async ({ topic, partition, message }) => this.#add(read(topic, partition, message)),
    });
    await joined;
    for (const { topic, partition, low, high } of bounds) {
      const offset = this.#from === 'end' ? high : low;
      this.#positions.set(`${topic}/${partition}`, Number(offset));
      this.#consumer.seek({ topic, partition, offset });
    }
  }

  async #bounds() {
    const all = await Promise.all(
      this.#topics.map(async (topic) =>
        (await this.#admin.fetchTopicOffsets(topic)).map((bound) => ({ topic, ...bound }))),
    );
    return all.flat();
  }

  // Records that were fetched before the seek took effect are not what was asked for.
  #add(record) {
    const partition = `${record.topic}/${record.partition}`;
    if (record.offset < (this.#positions.get(partition) ?? Infinity)) return;
    this.#positions.set(partition, record.offset + 1);
    this.records.add(record);
  }

  // Waits until everything that is in the topics now has been read.
  async caughtUp(within = 60_000) {
    for (const { topic, partition, high } of await this.#bounds()) {
      const reached = () => this.#positions.get(`${topic}/${partition}`) >= Number(high);
      await eventually(`read ${topic}/${partition} up to ${high}`, reached, { within, every: 100 });
    }
  }

  record(what, matches, within) {
    return this.records.waitFor(what, matches, within);
  }

  async stop() {
    await this.#consumer.disconnect();
    // An outside reader leaves nothing behind in the broker.
    await this.#admin.deleteGroups([this.#group]).catch(() => {});
  }
}

function read(topic, partition, message) {
  return {
    topic,
    partition,
    offset: Number(message.offset),
    timestamp: Number(message.timestamp),
    key: message.key?.toString('utf8') ?? null,
    value: message.value?.toString('utf8') ?? null,
    headers: Object.fromEntries(Object.entries(message.headers ?? {}).map(([name, value]) => [name, text(value)])),
  };
}

// KafkaJS gives a repeated header as a list: the last one counts, as everywhere.
function text(value) {
  const last = Array.isArray(value) ? value[value.length - 1] : value;
  return last === null || last === undefined ? '' : last.toString('utf8');
}
