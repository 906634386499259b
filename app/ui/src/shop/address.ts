import { countryValues } from '../api/schema.gen';
import type { Address } from '../api/types';
import { isObject, readStored, writeStored } from '../lib/storage';

// As a form holds it: no country has been chosen yet.
export type AddressFields = Record<keyof Address, string>;

export const kEmptyAddress: AddressFields = { name: '', line1: '', line2: '', postal_code: '', city: '', country: '' };

export const kFieldLabels: Record<keyof AddressFields, string> = {
  name: 'Full name',
  line1: 'Street and number',
  line2: 'Flat, floor, c/o',
  postal_code: 'Postal code',
  city: 'City',
  country: 'Country',
};

const kLongest = 200;

// What is missing or wrong, by field; the API checks the same again.
export function checkAddress(address: AddressFields): Partial<Record<keyof AddressFields, string>> {
  const problems: Partial<Record<keyof AddressFields, string>> = {};
  for (const field of Object.keys(kFieldLabels) as Array<keyof AddressFields>) {
    const value = address[field].trim();
    if (value === '' && field !== 'line2') problems[field] = `${kFieldLabels[field]} is needed.`;
    else if (value.length > kLongest) problems[field] = 'This is too long.';
  }
  if (!problems.country && !isCountry(address.country)) problems.country = 'Choose a country from the list.';
  return problems;
}

export function toAddress(fields: AddressFields): Address {
  const { line2, country, ...rest } = fields;
  if (!isCountry(country)) throw new Error(`${country} is not a country`);
  const address: Address = {
    name: rest.name.trim(),
    line1: rest.line1.trim(),
    city: rest.city.trim(),
    postal_code: rest.postal_code.trim(),
    country,
  };
  return line2.trim() === '' ? address : { ...address, line2: line2.trim() };
}

function isCountry(code: string): code is Address['country'] {
  return countryValues.some((value) => value === code);
}

// The last address of each account, in this browser.
const keyOf = (userId: string) => `carafe.address.${userId}`;

export function lastAddress(userId: string): AddressFields | undefined {
  const stored = readStored(keyOf(userId), isObject);
  if (!stored) return undefined;
  const fields = { ...kEmptyAddress };
  for (const field of Object.keys(fields) as Array<keyof AddressFields>) {
    const value = stored[field];
    if (typeof value === 'string') fields[field] = value;
  }
  return fields;
}

export function keepAddress(userId: string, address: AddressFields): void {
  writeStored(keyOf(userId), address);
}

// The codes are the API's, their names the browser's.

export function countryName(code: string): string {
  try {
    return new Intl.DisplayNames(['en'], { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}

export function countries(): Array<{ value: string; label: string }> {
  return countryValues
    .map((value) => ({ value, label: countryName(value) }))
    .sort((a, b) => a.label.localeCompare(b.label, 'en'));
}
