import { Alert, Button, Checkbox, Group, Modal, NumberInput, Stack, Text, TextInput, Textarea } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { explain } from '../api/problem';
import { toastSuccess } from '../components/toasts';
import { plural } from '../lib/format';
import { discardDeadLetters, opsKeys, previewDiscard, previewRedrive, startRedrive } from './api';
import type { Preview, RedriveForm, Selection } from './contract';
import { readPatch } from './dead_letter_filter';
import classes from './ops.module.css';

export type Act = 'redrive' | 'discard';
type Props = { act: Act; selection: Selection; count?: number; onClose: () => void };

const kShown = 5;

// Says what would happen before it does; a reason is always asked for, and kept.
export function RedriveModal({ act, selection, count, onClose }: Props) {
  const client = useQueryClient();
  const [reason, setReason] = useState('');
  const [patchText, setPatchText] = useState('');
  const [rate, setRate] = useState<number | string>('');
  const [isForced, setForced] = useState(false);
  const [isChecked, setChecked] = useState(false);
  const { patch, problem } = readPatch(patchText);
  const form: RedriveForm = {
    ...selection,
    reason: reason.trim(),
    ...(patch === undefined ? {} : { patch }),
    ...(typeof rate === 'number' && rate > 0 ? { rate } : {}),
    ...(isForced ? { force: true } : {}),
  };
  const preview = useMutation({ mutationFn: () => {
      const why = form.reason || 'dry run';
      return act === 'redrive' ? previewRedrive({ ...form, reason: why }) : previewDiscard({ ...selection, reason: why });
    },
  });
  const start = useMutation({
    mutationFn: () => (act === 'redrive' ? startRedrive(form) : discardDeadLetters({ ...selection, reason: form.reason })),
    onSuccess: () => {
      toastSuccess(act === 'redrive' ? 'Under way' : 'Being discarded', 'Its progress is shown below the dead letters.');
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: opsKeys.all }),
  });
  const go = () => {
    setChecked(true);
    if (reason.trim() !== '' && !problem) start.mutate();
  };
  const error = start.error ?? preview.error;
  return (
    <Modal opened onClose={onClose} size="lg" title={titleFor(act, selection, count)}>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {act === 'redrive'
            ? 'They go back to where they came from, those of one key in their original order. Only the group that failed handles them again.'
            : 'They are not processed any more. What waits for them is told so; an order that is still pending is rejected. They stay readable.'}
        </Text>
        <TextInput label="Reason" required data-autofocus maxLength={500} value={reason} onChange={(event) => setReason(event.currentTarget.value)} error={isChecked && reason.trim() === '' && 'A reason is needed; it is kept in the audit.'} />
        {act === 'redrive' && (
          <>
            <Textarea label="Patch" description="RFC 6902, applied to each payload; leave it empty to send them as they are" autosize minRows={2} maxRows={8} classNames={{ input: classes.code }} value={patchText} onChange={(event) => setPatchText(event.currentTarget.value)} error={problem} />
            <Group grow align="flex-end">
              <NumberInput label="At most, a second" placeholder="As fast as it goes" min={1} hideControls value={rate} onChange={setRate} />
              <Checkbox mb={8} label="Also what came back more than 3 times" checked={isForced} onChange={(event) => setForced(event.currentTarget.checked)} />
            </Group>
          </>
        )}
        {preview.data && <PreviewOf preview={preview.data} />}
        {error !== null && (
          <Alert color="red" variant="light" role="alert" icon={<IconAlertTriangle size={20} />}>
            {explain(error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="default" loading={preview.isPending} disabled={problem !== undefined} onClick={() => preview.mutate()}>
            Dry run
          </Button>
          <Button color={act === 'discard' ? 'red' : undefined} loading={start.isPending} onClick={go}>
            {act === 'redrive' ? 'Redrive' : 'Discard'}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function titleFor(act: Act, { ids, where }: Selection, count: number | undefined): string {
  const verb = act === 'redrive' ? 'Redrive' : 'Discard';
  if (ids?.length === 1) return `${verb} ${ids[0]}`;
  if (count !== undefined) return `${verb} ${plural(count, 'dead letter')}`;
  return where ? `${verb} all that match` : `${verb} all dead letters`;
}

function PreviewOf({ preview }: { preview: Preview }) {
  const left = [
    preview.parked > 0 && `${plural(preview.parked, 'record')} that came back too often`,
    preview.foreign > 0 && `${plural(preview.foreign, 'record')} without an origin`,
    preview.refused > 0 && `${plural(preview.refused, 'record')} that the patch does not fit`,
  ].filter(Boolean);
  return (
    <Alert color={preview.refused > 0 ? 'yellow' : 'blue'} variant="light" title={`${plural(preview.total, 'record')} would go`} role="status" data-testid="preview">
      {left.length > 0 && <Text size="sm">Left out: {left.join('; ')}.</Text>}
      <ul style={{ margin: '6px 0 0', paddingLeft: 18 }}>
        {preview.items.slice(0, kShown).map((item) => (
          <li key={item.id}>
            <Text size="sm">
              {item.id} → {item.source_topic ?? '?'}/{item.source_partition}
              {item.problem && `: ${item.problem}`}
            </Text>
          </li>
        ))}
      </ul>
      {preview.total > kShown && <Text size="sm">… and {plural(preview.total - kShown, 'more', 'more')}</Text>}
    </Alert>
  );
}
