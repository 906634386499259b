import { IconUsersGroup } from '@tabler/icons-react';
import { Link } from 'react-router';

import { EmptyState } from '../components/states';
import type { ConsumerGroup } from './contract';
import classes from './ops.module.css';
import { countText, durationText } from './ops_format';
import type { Cell } from './panel';
import { State, Table } from './panel';

// The word of Kafka, and whether somebody should look.
export function GroupState({ group }: { group: ConsumerGroup }) {
  if (group.pauses.length > 0) return <State tone="warn">Paused</State>;
  const state = group.state?.toLowerCase() ?? '';
  if (state === '') return <State tone={undefined}>Not known</State>;
  if (state === 'stable') return <State tone="good">Stable</State>;
  if (/rebalanc|assign|reconcil/.test(state)) return <State tone="busy">Rebalancing</State>;
  if (state === 'empty' || state === 'dead') return <State tone="bad">{state === 'empty' ? 'No members' : 'Dead'}</State>;
  return <State tone={undefined}>{group.state}</State>;
}

const kCells: ReadonlyArray<Cell<ConsumerGroup>> = [
  { header: 'Group', render: ({ id }) => <Link className={classes.link} to={`/ops/groups#${id}`}>{id}</Link> },
  { header: 'State', render: (group) => <GroupState group={group} /> },
  { header: 'Members', end: true, render: ({ members }) => countText(members.length) },
  { header: 'Partitions', end: true, render: ({ partitions }) => countText(partitions.length) },
  { header: 'Lag, messages', end: true, render: ({ lag }) => countText(lag) },
  { header: 'Lag, time', end: true, render: ({ lag_seconds }) => durationText(lag_seconds) },
];

export function GroupsTable({ groups }: { groups: readonly ConsumerGroup[] }) {
  if (groups.length === 0) {
    return (
      <EmptyState compact icon={<IconUsersGroup size={26} stroke={1.6} />} title="No consumer groups">
        They appear once a worker has joined.
      </EmptyState>
    );
  }
  return <Table label="Consumer groups" cells={kCells} rows={groups} rowKey={({ id }) => id} />;
}
