import { Button, Group, Text } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconUsersGroup } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { explain } from '../api/problem';
import { PageHeader } from '../admin/page_header';
import { EmptyState } from '../components/states';
import { toastFailure, toastSuccess } from '../components/toasts';
import { formatDateTime, plural } from '../lib/format';
import { usePageTitle } from '../lib/use_page_title';
import { groupsQuery, opsKeys, resumeGroup } from './api';
import type { ConsumerGroup, GroupPartition, Pause } from './contract';
import { GroupState } from './groups_table';
import { Loaded } from './loaded';
import classes from './ops.module.css';
import { behindText, countText, durationText, kUnknown } from './ops_format';
import type { Cell } from './panel';
import { Panel, Table } from './panel';
import { PauseModal } from './pause_modal';
import { Problems } from './problems';

export default function GroupsPage() {
  usePageTitle('Consumer groups');
  const query = useQuery(groupsQuery);
  const [pausing, setPausing] = useState<ConsumerGroup>();
  return (
    <>
      <PageHeader title="Consumer groups" subtitle={query.data ? plural(query.data.data.length, 'group') : 'Loading …'} />
      <Loaded query={query} height={480}>
        {({ data: groups, problems }) =>
          groups.length === 0 ? (
            <EmptyState icon={<IconUsersGroup size={28} stroke={1.6} />} title="No consumer groups">
              They appear once a worker has joined.
            </EmptyState>
          ) : (
            <div className={classes.stack}>
              <Problems problems={problems} />
              {groups.map((group) => (
                <OneGroup key={group.id} group={group} onPause={() => setPausing(group)} />
              ))}
            </div>
          )
        }
      </Loaded>
      {pausing && <PauseModal group={pausing} onClose={() => setPausing(undefined)} />}
    </>
  );
}

function OneGroup({ group, onPause }: { group: ConsumerGroup; onPause: () => void }) {
  return (
    <div id={group.id} data-testid="group">
      <Panel
        title={group.id}
        actions={
          <Group gap="lg">
            <GroupState group={group} />
            <Text size="sm" c="dimmed">
              {plural(group.members.length, 'member')}, {behindText(group)}
            </Text>
            <Button size="xs" variant="default" leftSection={<IconPlayerPause size={15} />} onClick={onPause} aria-label={`Pause ${group.id}`}>
              Pause
            </Button>
          </Group>
        }
      >
        {group.pauses.map((pause) => (
          <PauseLine key={placeOf(pause)} group={group.id} pause={pause} />
        ))}
        <Table label={`Partitions of ${group.id}`} cells={cellsFor(group)} rows={group.partitions} rowKey={({ topic, partition }) => `${topic}/${partition}`} />
      </Panel>
    </div>
  );
}

function cellsFor(group: ConsumerGroup): ReadonlyArray<Cell<GroupPartition>> {
  const hosts = new Map(group.members.map(({ client_id, host }) => [client_id, host.replace(/^\//, '')]));
  return [
    { header: 'Partition', render: ({ topic, partition }) => `${topic}/${partition}` },
    { header: 'Member', render: ({ member }) => (member === null ? <span className={classes.warn}>Nobody</span> : [member, hosts.get(member)].filter(Boolean).join(' on ')) },
    { header: 'Position', end: true, render: ({ position }) => countText(position) },
    { header: 'End', end: true, render: ({ end }) => countText(end) },
    { header: 'Lag, messages', end: true, render: ({ lag }) => countText(lag) },
    { header: 'Lag, time', end: true, render: ({ lag_seconds }) => durationText(lag_seconds) },
  ];
}

export function placeOf({ topic, partition }: Pick<Pause, 'topic' | 'partition'>): string {
  if (!topic) return 'the whole group';
  return partition === null ? topic : `${topic}/${partition}`;
}

function PauseLine({ group, pause }: { group: string; pause: Pause }) {
  const client = useQueryClient();
  const resume = useMutation({
    mutationFn: () =>
      resumeGroup(group, { ...(pause.topic ? { topic: pause.topic } : {}), ...(pause.partition === null ? {} : { partition: pause.partition }), reason: 'resumed from the operations page' }),
    onSuccess: () => toastSuccess('Resumed', `${group} goes on with ${placeOf(pause)}.`),
    onError: (error) => toastFailure(`${group} was not resumed`, explain(error)),
    onSettled: () => client.invalidateQueries({ queryKey: opsKeys.groups }),
  });
  return (
    <Group justify="space-between" px="lg" py={10} bg="var(--mantine-color-yellow-light)" c="var(--mantine-color-yellow-light-color)">
      <Text size="sm">
        Paused: <strong>{placeOf(pause)}</strong>, by {pause.actor || kUnknown}, “{pause.reason}”
        {pause.until ? `, until ${formatDateTime(pause.until)}` : ', until somebody resumes it'}
      </Text>
      <Button size="xs" variant="default" leftSection={<IconPlayerPlay size={15} />} loading={resume.isPending} onClick={() => resume.mutate()} aria-label={`Resume ${placeOf(pause)} of ${group}`}>
        Resume
      </Button>
    </Group>
  );
}
