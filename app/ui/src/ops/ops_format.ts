import { formatCount, formatDecimal } from '../lib/format';

// What is not known is a dash: never 0.
export const kUnknown = '–';

export function countText(count: number | null | undefined): string {
  return count === null || count === undefined ? kUnknown : formatCount(count);
}

// "up to date", "1,204 behind, 2.5 s".
export function behindText({ lag, lag_seconds: seconds }: { lag: number | null; lag_seconds: number | null }): string {
  if (lag === null) return 'how far behind is not known';
  return lag === 0 ? 'up to date' : `${countText(lag)} behind, ${durationText(seconds)}`;
}

// "0.4/s", "12/s", "1,204/s".
export function rateText(perSecond: number | null | undefined): string {
  if (perSecond === null || perSecond === undefined) return kUnknown;
  return `${perSecond < 10 ? formatDecimal(perSecond) : formatCount(Math.round(perSecond))}/s`;
}

// "0 s", "3.2 ms", "450 ms", "2.5 s", "3 min 20 s", "2 h 5 min", "3 d 4 h".
export function durationText(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return kUnknown;
  if (seconds === 0) return '0 s';
  if (seconds < 0.01) return `${formatDecimal(seconds * 1000)} ms`;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${formatDecimal(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return parts(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return parts(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(seconds / 3600);
  return parts(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function parts(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

// The value of JSON, to be shown with indentation; anything else as it is.
export function readable(payload: string | null): unknown {
  if (payload === null) return null;
  try {
    return JSON.parse(payload);
  } catch {
    return payload;
  }
}

// What a record carries, for people.
export function payloadText(payload: unknown): string {
  if (payload === null || payload === undefined) return '';
  return typeof payload === 'string' ? payload : JSON.stringify(payload, null, 2);
}
