// Says whether a target is met, in the words all benchmarks use; returns it.
export function verdict(what, holds) {
  console.log(`${holds ? 'holds:' : 'DOES NOT HOLD:'} ${what}`);
  return holds;
}

// Runs a benchmark to its end and ends the process: 0 when `measure` returns true, 1 when a target is missed
// or something went wrong. `close` runs in any case.
export async function conclude(measure, close) {
  let holds = false;
  try {
    holds = await measure();
  } catch (error) {
    console.error(error);
  } finally {
    await close();
  }
  process.exit(holds ? 0 : 1);
}
