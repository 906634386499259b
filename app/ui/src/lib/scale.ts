// A round number at or above `highest` that divides into `steps` round steps; for the axis of a plot.
export function roundMaximum(highest: number, steps: number, whole = true): number {
  if (highest <= 0) return steps;
  const rough = highest / steps;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((each) => each * power >= rough) ?? 10;
  const step = factor * power;
  return (whole ? Math.max(1, Math.ceil(step)) : step) * steps;
}
