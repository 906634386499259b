import type { Money } from '../api/types';

const kLocale = 'en-US';

// Made when it is first needed: one costs a slow phone up to a tenth of a second.
function later<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const formatters = new Map<string, Intl.NumberFormat>();

function moneyFormatter(currency: string): Intl.NumberFormat {
  let formatter = formatters.get(currency);
  if (!formatter) {
    formatter = new Intl.NumberFormat(kLocale, { style: 'currency', currency });
    formatters.set(currency, formatter);
  }
  return formatter;
}

// How many digits the currency has after its point: 2 for USD, 0 for JPY.
export function minorDigits(currency: string): number {
  return moneyFormatter(currency).resolvedOptions().maximumFractionDigits ?? 2;
}

export function formatMoney({ amount_minor, currency }: Money): string {
  return moneyFormatter(currency).format(amount_minor / 10 ** minorDigits(currency));
}

// "$490" and "$12.4K", for figures on a dashboard.
export function formatMoneyShort({ amount_minor, currency }: Money): string {
  const amount = amount_minor / 10 ** minorDigits(currency);
  const isLarge = Math.abs(amount) >= 10_000;
  return new Intl.NumberFormat(kLocale, {
    style: 'currency',
    currency,
    notation: isLarge ? 'compact' : 'standard',
    minimumFractionDigits: 0,
    maximumFractionDigits: isLarge ? 1 : 0,
  }).format(amount);
}

// What somebody typed as a price, in minor units; undefined when it is none. No floating point: what
// has more digits than the currency is refused, not rounded.
export function parseAmount(text: string, currency: string): number | undefined {
  const digits = minorDigits(currency);
  const match = /^(\d{1,13})(?:\.(\d*))?$/.exec(text.trim().replaceAll(',', ''));
  if (!match) return undefined;
  const fraction = match[2] ?? '';
  if (fraction.length > digits) return undefined;
  return Number((match[1] ?? '') + fraction.padEnd(digits, '0'));
}

export function amountText({ amount_minor, currency }: Money): string {
  const digits = minorDigits(currency);
  const text = String(amount_minor).padStart(digits + 1, '0');
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

export function sumOf(amounts: readonly Money[]): Money | undefined {
  const first = amounts[0];
  if (!first) return undefined;
  return { amount_minor: amounts.reduce((sum, { amount_minor }) => sum + amount_minor, 0), currency: first.currency };
}

export function times({ amount_minor, currency }: Money, quantity: number): Money {
  return { amount_minor: amount_minor * quantity, currency };
}

const counts = later(() => new Intl.NumberFormat(kLocale));

export function formatCount(count: number): string {
  return Number.isInteger(count) && Math.abs(count) < 1000 ? String(count) : counts().format(count);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

const decimals = later(() => new Intl.NumberFormat(kLocale, { maximumFractionDigits: 1 }));

// "12.3", and "12" for 12.
export const formatDecimal = (value: number) => decimals().format(value);

const percents = later(() => new Intl.NumberFormat(kLocale, { style: 'percent', maximumFractionDigits: 1 }));

export const formatPercent = (share: number) => percents().format(share);

const timesOf = (options: Intl.DateTimeFormatOptions) => later(() => new Intl.DateTimeFormat(kLocale, options));
const dateTime = timesOf({ dateStyle: 'medium', timeStyle: 'short' });
const dateTimeSeconds = timesOf({ dateStyle: 'medium', timeStyle: 'medium' });
const clock = timesOf({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const clockSeconds = timesOf({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const day = timesOf({ weekday: 'long', day: 'numeric', month: 'long' });

export const formatDateTime = (time: string) => dateTime().format(new Date(time));
export const formatDateTimeExactly = (time: string) => dateTimeSeconds().format(new Date(time));
export const formatClock = (time: string | number) => clock().format(new Date(time));
export const formatClockSeconds = (time: string | number) => clockSeconds().format(new Date(time));

// "Today", "Yesterday", "Monday, November 16".
export function formatDay(time: string, now = Date.now()): string {
  const date = new Date(time);
  const days = Math.round((startOfDay(new Date(now)) - startOfDay(date)) / 86_400_000);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return day().format(date);
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

const relative = later(() => new Intl.RelativeTimeFormat(kLocale, { numeric: 'auto', style: 'short' }));

// "just now", "5 min. ago", "yesterday"; then the date.
export function formatAgo(time: string, now = Date.now()): string {
  const seconds = Math.round((new Date(time).getTime() - now) / 1000);
  const age = Math.abs(seconds);
  if (age < 45) return 'just now';
  if (age < 2700) return relative().format(Math.round(seconds / 60), 'minute');
  if (age < 79_200) return relative().format(Math.round(seconds / 3600), 'hour');
  if (age < 604_800) return relative().format(Math.round(seconds / 86_400), 'day');
  return dateTime().format(new Date(time));
}
