import type { Product, ProductChange } from '../api/types';
import { amountText, minorDigits, parseAmount } from '../lib/format';

// What the form of a product holds while it is edited: text as it was typed.
export type Draft = { name: string; category: string; description: string; price: string; currency: string };
export type DraftField = keyof Draft;
export type DraftProblems = Partial<Record<DraftField | 'sku' | 'stock', string>>;

export const kDraftLabels: Record<DraftField, string> = {
  name: 'Name',
  category: 'Category',
  description: 'Description',
  price: 'Price',
  currency: 'Currency',
};
const kFields = Object.keys(kDraftLabels) as DraftField[];

export const kEmptyDraft: Draft = { name: '', category: '', description: '', price: '', currency: 'USD' };

export function draftOf(product: Product): Draft {
  const { name, category, description, price } = product;
  return { name, category, description, price: amountText(price), currency: price.currency };
}

export function checkDraft(draft: Draft): DraftProblems {
  const problems: DraftProblems = {};
  if (draft.name.trim() === '') problems.name = 'A name is needed.';
  if (draft.name.length > 200) problems.name = 'At most 200 characters.';
  if (draft.category.length > 100) problems.category = 'At most 100 characters.';
  if (draft.description.length > 5000) problems.description = 'At most 5000 characters.';
  if (!/^[A-Z]{3}$/.test(draft.currency)) {
    problems.currency = 'Three capital letters.';
  } else if (parseAmount(draft.price, draft.currency) === undefined) {
    const digits = minorDigits(draft.currency);
    problems.price = digits === 0 ? 'A whole amount, such as 30.' : `An amount such as ${(29.99).toFixed(digits)}.`;
  }
  return problems;
}

// Equal when they mean the same: 30 and 30.00 do.
function isSame(field: DraftField, a: Draft, b: Draft): boolean {
  if (field === 'price') {
    const [x, y] = [parseAmount(a.price, a.currency), parseAmount(b.price, b.currency)];
    return x === undefined || y === undefined ? a.price === b.price : x === y;
  }
  return a[field] === b[field];
}

export function changedFields(base: Draft, draft: Draft): DraftField[] {
  return kFields.filter((field) => !isSame(field, base, draft));
}

// Only what was changed is sent, so that two people who edit different fields do not undo each other.
export function changeOf(base: Draft, draft: Draft): ProductChange {
  const changed = new Set(changedFields(base, draft));
  const change: ProductChange = {};
  if (changed.has('name')) change.name = draft.name.trim();
  if (changed.has('category')) change.category = draft.category.trim();
  if (changed.has('description')) change.description = draft.description;
  if (changed.has('price') || changed.has('currency')) {
    change.price = { amount_minor: parseAmount(draft.price, draft.currency) ?? 0, currency: draft.currency };
  }
  return change;
}

export type Merge = {
  // Mine, with what only they changed taken over.
  draft: Draft;
  taken: DraftField[];
  // Changed by both, to different values: somebody has to decide.
  conflicts: DraftField[];
};

export function mergeDrafts(base: Draft, mine: Draft, theirs: Draft): Merge {
  const merge: Merge = { draft: { ...mine }, taken: [], conflicts: [] };
  for (const field of kFields) {
    if (isSame(field, base, theirs) || isSame(field, mine, theirs)) continue;
    if (isSame(field, base, mine)) {
      merge.draft[field] = theirs[field];
      merge.taken.push(field);
    } else {
      merge.conflicts.push(field);
    }
  }
  return merge;
}
