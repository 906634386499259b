// The smallest value that at least `share` (0..1) of the values do not exceed: nearest rank.
export function percentile(values, share) {
  if (values.length === 0) return NaN;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

export function milliseconds(value) {
  return `${value < 100 ? value.toFixed(1) : Math.round(value)} ms`;
}

// "p50 11.2 ms, p95 19.0 ms, p99 24.1 ms, max 31.0 ms (100 values)"
export function summary(values) {
  const figures = [50, 95, 99].map((rank) => `p${rank} ${milliseconds(percentile(values, rank / 100))}`);
  return `${figures.join(', ')}, max ${milliseconds(percentile(values, 1))} (${values.length} values)`;
}
