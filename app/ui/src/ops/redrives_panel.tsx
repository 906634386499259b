import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';

import { explain } from '../api/problem';
import { LiveTime } from '../components/live_time';
import { toastFailure } from '../components/toasts';
import { formatCount } from '../lib/format';
import { cancelRedrive, isOpen, opsKeys, redrivesQuery, resumeRedrive } from './api';
import type { Redrive } from './contract';
import { Loaded } from './loaded';
import classes from './ops.module.css';
import type { Cell } from './panel';
import { Panel, State, Table } from './panel';

const kTones = { preparing: 'busy', running: 'busy', cancelled: undefined, completed: 'good', failed: 'bad' } as const;

const kCells: ReadonlyArray<Cell<Redrive>> = [
  { header: 'Number', render: ({ id, kind }) => `${kind === 'redrive' ? 'Redrive' : 'Discard'} ${id}` },
  { header: 'State', render: ({ state, error }) => <State tone={kTones[state]}>{error ? `${state}: ${error}` : state}</State> },
  { header: 'Progress', render: (redrive) => <Progress redrive={redrive} /> },
  { header: 'Who and why', render: ({ actor, reason }) => <span className={classes.line}>{actor}: {reason}</span> },
  { header: 'Begun', render: ({ created_at }) => <LiveTime time={created_at} /> },
  { header: 'Change', end: true, render: (redrive) => <Change redrive={redrive} /> },
];

export function RedrivesPanel() {
  const query = useQuery(redrivesQuery);
  const client = useQueryClient();
  const openCount = query.data?.filter(isOpen).length ?? 0;
  const before = useRef(openCount);
  useEffect(() => {
    // One has ended: what waits has changed.
    if (openCount < before.current) void client.invalidateQueries({ queryKey: opsKeys.deadLetters });
    before.current = openCount;
  }, [openCount, client]);
  return (
    <Panel title="Redrives and discards">
      <Loaded query={query} height={160}>
        {(redrives) =>
          redrives.length === 0 ? (
            <Text c="dimmed" size="sm" px="lg" pb="lg">
              None yet. What you start is shown here with its progress, and can be cancelled and resumed.
            </Text>
          ) : (
            <Table label="Redrives and discards" cells={kCells} rows={redrives} rowKey={({ id }) => id} />
          )
        }
      </Loaded>
    </Panel>
  );
}

function Progress({ redrive: { done, total, refused } }: { redrive: Redrive }) {
  const share = total === 0 ? 0 : (done / total) * 100;
  return (
    <div style={{ minWidth: 160 }}>
      <div className={classes.progress} role="progressbar" aria-valuemin={0} aria-valuemax={total} aria-valuenow={done} aria-label="Progress">
        <span style={{ width: `${share}%` }} />
      </div>
      <Text size="xs" c="dimmed" mt={4}>
        {formatCount(done)} of {formatCount(total)}
        {refused > 0 && `, ${formatCount(refused)} refused`}
      </Text>
    </div>
  );
}

function Change({ redrive }: { redrive: Redrive }) {
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: () => (isOpen(redrive) ? cancelRedrive(redrive.id) : resumeRedrive(redrive.id)),
    onError: (error) => toastFailure('That was refused', explain(error)),
    onSettled: () => client.invalidateQueries({ queryKey: opsKeys.all }),
  });
  if (redrive.state === 'completed') return null;
  const verb = isOpen(redrive) ? 'Cancel' : 'Resume';
  return (
    <Group justify="flex-end">
      <Button size="compact-sm" variant="default" loading={change.isPending} onClick={() => change.mutate()} aria-label={`${verb} number ${redrive.id}`}>
        {verb}
      </Button>
    </Group>
  );
}
