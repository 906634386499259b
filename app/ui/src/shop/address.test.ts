import { describe, expect, it } from 'vitest';

import { checkAddress, countries, kEmptyAddress, toAddress } from './address';
import { destination } from './destination';

const address = { name: ' Ada ', line1: '12 St James Square', line2: ' ', postal_code: 'SW1Y', city: 'London', country: 'GB' };

describe('an address', () => {
  it('is sent without the spaces around it and without what is empty', () => {
    expect(toAddress(address)).toEqual({ name: 'Ada', line1: '12 St James Square', postal_code: 'SW1Y', city: 'London', country: 'GB' });
  });

  it('says what is missing, and only that', () => {
    expect(Object.keys(checkAddress(kEmptyAddress)).sort()).toEqual(['city', 'country', 'line1', 'name', 'postal_code']);
    expect(checkAddress(address)).toEqual({});
    expect(checkAddress({ ...address, country: 'XX' }).country).toBeDefined();
  });

  it('may lie in any country that the API knows', () => {
    expect(countries().length).toBeGreaterThan(200);
    expect(countries()).toContainEqual({ value: 'DE', label: 'Germany' });
  });
});

describe('after signing in', () => {
  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)'])('nobody is sent to %s', (next) => {
    expect(destination(new URLSearchParams({ next }), 'user')).toBe('/');
  });

  it('everybody comes back to where they wanted to go', () => {
    expect(destination(new URLSearchParams({ next: '/orders/1' }), 'user')).toBe('/orders/1');
    expect(destination(new URLSearchParams(), 'admin')).toBe('/admin');
  });
});
