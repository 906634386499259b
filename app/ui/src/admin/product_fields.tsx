import { TextInput, Textarea } from '@mantine/core';

import type { Draft, DraftField, DraftProblems } from './product_draft';
import { kDraftLabels } from './product_draft';
import classes from './product_form.module.css';

type Props = { draft: Draft; problems: DraftProblems; onChange: (field: DraftField, value: string) => void; disabled?: boolean };

export function ProductFields({ draft, problems, onChange, disabled = false }: Props) {
  const common = (field: DraftField) => ({
    name: field,
    label: kDraftLabels[field],
    value: draft[field],
    error: problems[field],
    disabled,
    onChange: (event: { currentTarget: { value: string } }) => onChange(field, event.currentTarget.value),
  });
  return (
    <>
      <TextInput {...common('name')} required className={classes.wide} />
      <TextInput {...common('category')} className={classes.wide} description="As customers see it, such as coffee or glassware" />
      <Textarea {...common('description')} autosize minRows={4} maxRows={12} className={classes.wide} />
      <TextInput {...common('price')} required inputMode="decimal" />
      <TextInput
        {...common('currency')}
        required
        maxLength={3}
        onChange={(event) => onChange('currency', event.currentTarget.value.toUpperCase())}
      />
    </>
  );
}
