import { describe, expect, it } from 'vitest';

import type { Draft } from './product_draft';
import { changeOf, checkDraft, mergeDrafts } from './product_draft';

const base: Draft = { name: 'Cup', category: 'tableware', description: 'A cup.', price: '14.50', currency: 'USD' };

describe('two edits of one product', () => {
  it('are brought together where they touch different fields', () => {
    const merge = mergeDrafts(base, { ...base, name: 'Mug' }, { ...base, price: '16.00' });
    expect(merge).toEqual({ draft: { ...base, name: 'Mug', price: '16.00' }, taken: ['price'], conflicts: [] });
  });

  it('conflict where both changed a field to different values, and mine is kept until I decide', () => {
    const merge = mergeDrafts(base, { ...base, name: 'Mug' }, { ...base, name: 'Beaker' });
    expect(merge.conflicts).toEqual(['name']);
    expect(merge.draft.name).toBe('Mug');
  });

  it('do not conflict where both say the same', () => {
    expect(mergeDrafts(base, { ...base, price: '16' }, { ...base, price: '16.00' }).conflicts).toEqual([]);
  });
});

describe('a draft', () => {
  it('sends only what was changed', () => {
    expect(changeOf(base, { ...base, description: 'Yours.' })).toEqual({ description: 'Yours.' });
    expect(changeOf(base, { ...base, price: '15' })).toEqual({ price: { amount_minor: 1500, currency: 'USD' } });
    expect(changeOf(base, { ...base, price: '14.5' })).toEqual({});
  });

  it.each(['', 'free', '1.234', '-3', '1e3'])('has no price of "%s"', (price) => {
    expect(checkDraft({ ...base, price }).price).toBeDefined();
  });

  it('knows that yen have no fractions', () => {
    expect(checkDraft({ ...base, price: '1450', currency: 'JPY' }).price).toBeUndefined();
    expect(checkDraft({ ...base, price: '14.50', currency: 'JPY' }).price).toBeDefined();
  });
});
