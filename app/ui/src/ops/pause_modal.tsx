import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SyntheticEvent } from 'react';
import { useState } from 'react';

import { explain } from '../api/problem';
import { toastFailure, toastSuccess } from '../components/toasts';
import type { PauseForm } from './api';
import { opsKeys, pauseGroup } from './api';
import type { ConsumerGroup } from './contract';

const kEverything = '*';
const kUntil = [
  { value: '', label: 'Until somebody resumes it' },
  { value: '15', label: '15 minutes' },
  { value: '60', label: '1 hour' },
  { value: '480', label: '8 hours' },
];

export function PauseModal({ group, onClose }: { group: ConsumerGroup; onClose: () => void }) {
  const client = useQueryClient();
  const [place, setPlace] = useState(kEverything);
  const [reason, setReason] = useState('');
  const [minutes, setMinutes] = useState('');
  const [isChecked, setChecked] = useState(false);
  const pause = useMutation({
    mutationFn: (form: PauseForm) => pauseGroup(group.id, form),
    onSuccess: () => {
      toastSuccess('Paused', `${group.id} takes nothing new from there.`);
      onClose();
    },
    onError: (error) => toastFailure(`${group.id} was not paused`, explain(error)),
    onSettled: () => client.invalidateQueries({ queryKey: opsKeys.groups }),
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setChecked(true);
    if (reason.trim() === '') return;
    pause.mutate({ ...placeFrom(place), reason: reason.trim(), ...(minutes ? { until: new Date(Date.now() + Number(minutes) * 60_000).toISOString() } : {}) });
  };
  return (
    <Modal opened onClose={onClose} title={`Pause ${group.id}`}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            What is under way ends, nothing new is taken. The pause outlives a restart.
          </Text>
          <Select label="What" allowDeselect={false} value={place} onChange={(value) => setPlace(value ?? kEverything)} data={placesOf(group)} />
          <TextInput label="Reason" required data-autofocus maxLength={200} value={reason} onChange={(event) => setReason(event.currentTarget.value)} error={isChecked && reason.trim() === '' && 'A reason is needed; others will read it.'} />
          <Select label="For how long" allowDeselect={false} value={minutes} onChange={(value) => setMinutes(value ?? '')} data={kUntil} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={pause.isPending}>
              Pause
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function placesOf({ partitions }: ConsumerGroup) {
  const topics = [...new Set(partitions.map(({ topic }) => topic))];
  return [
    { value: kEverything, label: 'The whole group' },
    ...topics.map((topic) => ({ value: topic, label: `Topic ${topic}` })),
    ...partitions.map(({ topic, partition }) => ({ value: `${topic}/${partition}`, label: `Partition ${topic}/${partition}` })),
  ];
}

function placeFrom(place: string): { topic?: string; partition?: number } {
  if (place === kEverything) return {};
  const match = /^(.*)\/(\d+)$/.exec(place);
  return match ? { topic: match[1] ?? place, partition: Number(match[2]) } : { topic: place };
}
