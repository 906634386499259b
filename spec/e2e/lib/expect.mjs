import assert from 'node:assert/strict';

// deepStrictEqual with a sentence in front, so that a red line tells what was expected of what.
export function same(what, actual, expected) {
  try {
    assert.deepStrictEqual(actual, expected);
  } catch {
    throw new Error(`${what}: expected ${show(expected)}, got ${show(actual)}`);
  }
}

export function holds(what, condition) {
  if (!condition) throw new Error(what);
}

function show(value) {
  const text = JSON.stringify(value);
  return text === undefined ? String(value) : text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
