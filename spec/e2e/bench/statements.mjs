import { readFileSync, statSync } from 'node:fs';

import { sleep } from '../lib/clock.mjs';

// What the shop's statements are: PostgreSQL is asked to log them while `request` runs once, so that
// pgbench runs the very text that the shop runs, with the very values. The request has come just
// before: the shop looks up a user once a second, which is no part of a request.
export async function statementsOf(db, log, request) {
  await db.rows("ALTER SYSTEM SET log_statement = 'all'");
  await db.rows('SELECT pg_reload_conf()');
  await sleep(300);
  await request();
  await sleep(100);
  const from = statSync(log).size;
  await request();
  await sleep(300);
  const text = readFileSync(log, 'utf8').slice(from);
  await db.rows('ALTER SYSTEM RESET log_statement');
  await db.rows('SELECT pg_reload_conf()');
  return parse(text);
}

// "... <shop web> LOG:  execute NAME: SQL", further lines of it indented by a tab, and then its
// parameters. The name in brackets is the application's: bin/bench sets log_line_prefix so.
function parse(text) {
  const statements = [];
  const entries = text.split(/^(?=\d{4}-\d\d-\d\d [\d:.]+ \S+ \[\d+\] <)/m);
  for (const entry of entries.filter((line) => line.includes('] <shop web> ')).map((line) => line.replace(/^.*?> /, ''))) {
    const executed = /^LOG: {2}execute ([^:]+): ([^]*)$/.exec(entry);
    if (executed) statements.push({ name: executed[1], sql: executed[2].replace(/^\t/gm, '').trim(), values: [] });
    const detail = /^DETAIL: {2}parameters: ([^]*)$/.exec(entry);
    if (detail && statements.length > 0) statements.at(-1).values = values(detail[1].trim());
  }
  return statements;
}

// "$1 = 'a', $2 = NULL" -> ['a', null]
function values(text) {
  const all = [];
  for (const [, number, quoted, word] of text.matchAll(/\$(\d+) = (?:'((?:[^']|'')*)'|(NULL))(?:, |$)/g)) {
    all[Number(number) - 1] = word === 'NULL' ? null : quoted.replaceAll("''", "'");
  }
  return all;
}

const kUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

// A pgbench script that runs the statement with the same values, but for those ids that the request
// made (`isNew`): they are made anew each time, in ascending order like the shop's own.
export function pgbenchScript({ sql, values: given }, isNew) {
  const lines = [];
  const fresh = [];
  const arguments_ = given.map((value, index) => {
    if (value === null) return 'NULL';
    if (!kUuid.test(value) || !isNew(value)) return quote(value);
    const known = fresh.indexOf(value);
    if (known < 0) fresh.push(value);
    return `lpad(to_hex(:fresh${fresh.indexOf(value)}::bigint), 32, '0')`;
  });
  if (fresh.length > 0) lines.push('\\set number :number + 1');
  fresh.forEach((_, index) => lines.push(`\\set fresh${index} ${index + 1} * 1000000000000000 + :client_id * 10000000000 + :number`));
  const text = sql.replace(/'[^']*'/g, (literal) => (literal.includes(':') ? quote(literal.slice(1, -1)) : literal))
    .replace(/\$(\d+)/g, (_, number) => arguments_[Number(number) - 1]).replace(/\s+/g, ' ');
  return `${lines.join('\n')}\n${text.replace(/;?\s*$/, '')};\n`;
}

// Values stand in the text: a plan for known values is, if anything, better than one for any. To
// pgbench a colon in a text would be the start of a variable.
function quote(value) {
  return `E'${value.replaceAll('\\', '\\\\').replaceAll("'", "''").replaceAll(':', '\\x3a')}'`;
}
