import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { api, unwrapAnswer } from '../api/client';
import { isStatus } from '../api/problem';
import type { ProductChange } from '../api/types';
import { toastSuccess } from '../components/toasts';
import type { TaggedProduct } from '../data/products';
import { fetchProduct, productKeys } from '../data/products';
import type { Side } from './conflict_chooser';
import type { Draft, DraftField, DraftProblems, Merge } from './product_draft';
import { changedFields, changeOf, checkDraft, draftOf, mergeDrafts } from './product_draft';

type Choices = Partial<Record<DraftField, Side>>;

// Edits one version of a product. When another one appears, told by an event or by a refused save, what
// both sides changed is brought together and nothing that was typed is lost.
export function useProductEditor(current: TaggedProduct) {
  const client = useQueryClient();
  const { id } = current.product;
  const [base, setBase] = useState(current);
  const [draft, setDraft] = useState(() => draftOf(current.product));
  const [merge, setMerge] = useState<Merge>();
  const [choices, setChoices] = useState<Choices>({});
  const [problems, setProblems] = useState<DraftProblems>({});
  const baseDraft = draftOf(base.product);

  const rebase = (newer: TaggedProduct) => {
    const found = mergeDrafts(baseDraft, draft, draftOf(newer.product));
    const wasTouched = changedFields(baseDraft, draft).length > 0;
    setBase(newer);
    setDraft(found.draft);
    setChoices({});
    // Who has typed nothing sees the new version, and has nothing to decide.
    setMerge(wasTouched && found.taken.length + found.conflicts.length > 0 ? found : undefined);
  };
  // A newer version has been loaded: adjusted while rendering, so that no stale form is ever painted.
  if (current.product.version > base.product.version) rebase(current);

  const save = useMutation({
    mutationFn: ({ change, etag }: { change: ProductChange; etag: string }) =>
      unwrapAnswer(api.PATCH('/products/{id}', { params: { path: { id }, header: { 'If-Match': etag } }, body: change })),
    onSuccess: ({ data, response }) => {
      const saved = { product: data, etag: response.headers.get('ETag') ?? '' };
      setBase(saved);
      setDraft(draftOf(data));
      setMerge(undefined);
      setChoices({});
      client.setQueryData(productKeys.detail(id), saved);
      void client.invalidateQueries({ queryKey: productKeys.lists });
      toastSuccess('Saved', `${data.name} is up to date in the shop.`);
    },
    onError: async (error) => {
      if (!isStatus(error, 412)) return;
      const newer = await fetchProduct(id);
      client.setQueryData(productKeys.detail(id), newer);
    },
  });

  const theirs = baseDraft;
  const undecided = merge?.conflicts.filter((field) => choices[field] === undefined) ?? [];
  const chosen: Draft = { ...draft };
  for (const field of merge?.conflicts ?? []) if (choices[field] === 'theirs') chosen[field] = theirs[field];
  const isChanged = changedFields(baseDraft, chosen).length > 0;

  return {
    draft,
    theirs,
    merge,
    choices,
    problems,
    isChanged: isChanged || merge !== undefined,
    isSaving: save.isPending,
    canSave: isChanged && undecided.length === 0,
    // A conflict is no failure: it has a notice of its own.
    error: save.isError && !isStatus(save.error, 412) ? save.error : undefined,
    change: (field: DraftField, value: string) => {
      setDraft((known) => ({ ...known, [field]: value }));
      setProblems((known) => ({ ...known, [field]: undefined }));
      // Who types in a field has decided to keep what is typed.
      if (merge?.conflicts.includes(field)) setChoices((known) => ({ ...known, [field]: 'mine' }));
    },
    choose: (field: DraftField, side: Side) => setChoices((known) => ({ ...known, [field]: side })),
    discard: () => {
      setDraft(baseDraft);
      setMerge(undefined);
      setChoices({});
      setProblems({});
      save.reset();
    },
    save: () => {
      const found = checkDraft(chosen);
      setProblems(found);
      if (Object.keys(found).length > 0 || undecided.length > 0 || save.isPending) return;
      save.mutate({ change: changeOf(baseDraft, chosen), etag: base.etag });
    },
  };
}
