import { Text } from '@mantine/core';
import type { KeyboardEvent } from 'react';

import type { Draft, DraftField } from './product_draft';
import { kDraftLabels } from './product_draft';
import classes from './product_form.module.css';

export type Side = 'mine' | 'theirs';
const kSides: ReadonlyArray<{ side: Side; label: string }> = [
  { side: 'mine', label: 'Yours' },
  { side: 'theirs', label: 'Theirs' },
];

type Props = { field: DraftField; mine: Draft; theirs: Draft; choice: Side | undefined; onChoose: (side: Side) => void };

export function ConflictChooser({ field, mine, theirs, choice, onChoose }: Props) {
  const values = { mine: mine[field], theirs: theirs[field] };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (!['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'].includes(event.key)) return;
    event.preventDefault();
    const next: Side = choice === 'mine' ? 'theirs' : 'mine';
    onChoose(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-side="${next}"]`)?.focus();
  };
  return (
    <div role="radiogroup" aria-label={`${kDraftLabels[field]}: which to keep`} tabIndex={-1} onKeyDown={onKeyDown}>
      <Text size="sm" fw={600} mt="sm">
        {kDraftLabels[field]}
      </Text>
      <div className={classes.conflict}>
        {kSides.map(({ side, label }) => (
          <button
            key={side}
            type="button"
            role="radio"
            aria-checked={choice === side}
            data-side={side}
            tabIndex={choice === side || (choice === undefined && side === 'mine') ? 0 : -1}
            className={classes.choice}
            onClick={() => onChoose(side)}
          >
            <small>{label}</small>
            {values[side] || '(empty)'}
          </button>
        ))}
      </div>
    </div>
  );
}
