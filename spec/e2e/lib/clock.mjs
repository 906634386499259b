// Milliseconds since the epoch with fractions, so that they compare with record timestamps and
// with PostgreSQL's clock on the same machine.
export function now() {
  return performance.timeOrigin + performance.now();
}

export function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
