import type { AlertNews } from '../realtime/events';
import { isObject, readStored, writeStored } from '../lib/storage';
import { Store } from '../lib/store';

export type Alert = Omit<AlertNews, 'kind'> & { read: boolean };

// The notification centre: the newest first, kept in this browser from visit to visit.
const kMostAlerts = 300;

export const alerts = new Store<readonly Alert[]>([]);
let storageKey: string | undefined;
let saving: ReturnType<typeof setTimeout> | undefined;

export function openAlerts(userId: string): void {
  storageKey = `carafe.alerts.${userId}`;
  alerts.set(readStored(storageKey, isAlerts) ?? []);
}

export function closeAlerts(): void {
  clearTimeout(saving);
  saving = undefined;
  storageKey = undefined;
  alerts.set([]);
}

// Returns those that are new.
export function addAlerts(news: readonly AlertNews[]): Alert[] {
  const known = new Set(alerts.get().map(({ eventId }) => eventId));
  const fresh = news
    .filter(({ eventId }) => !known.has(eventId) && known.add(eventId))
    .map(({ kind: _, ...alert }): Alert => ({ ...alert, read: false }));
  if (fresh.length === 0) return fresh;
  change((all) => [...[...fresh].reverse(), ...all].slice(0, kMostAlerts));
  return fresh;
}

export function markRead(eventId?: string): void {
  change((all) => all.map((alert) => (alert.read || (eventId && alert.eventId !== eventId) ? alert : { ...alert, read: true })));
}

export function clearAlerts(): void {
  change(() => []);
}

function change(make: (all: readonly Alert[]) => readonly Alert[]): void {
  alerts.update(make);
  const key = storageKey;
  if (!key) return;
  // Once a second at most: many may come at once.
  saving ??= setTimeout(() => {
    saving = undefined;
    writeStored(key, alerts.get());
  }, 1000);
}

function isAlerts(value: unknown): value is Alert[] {
  return Array.isArray(value) && value.every((each) => isObject(each) && typeof each.eventId === 'string');
}
