import { IconBinaryTree2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { PageHeader } from '../admin/page_header';
import { LiveTime } from '../components/live_time';
import { EmptyState } from '../components/states';
import { plural } from '../lib/format';
import { usePageTitle } from '../lib/use_page_title';
import { lanesQuery } from './api';
import type { Lane } from './contract';
import { Loaded } from './loaded';
import classes from './ops.module.css';
import { durationText } from './ops_format';
import type { Cell } from './panel';
import { Panel, State, Table } from './panel';

// Longer than this and somebody should look.
const kSlowMs = 5000;

function toneOf({ state, busy_ms: busy }: Lane) {
  if (state === 'halted') return 'bad';
  if (state === 'degraded' || state === 'paused') return 'warn';
  if (state === 'running') return busy > kSlowMs ? 'warn' : 'busy';
  return 'good';
}

const kWords = { idle: 'Idle', running: 'Running', degraded: 'Backing off', halted: 'Halted', paused: 'Paused' } as const;

const kCells: ReadonlyArray<Cell<Lane>> = [
  { header: 'Partition', render: ({ topic, partition }) => <strong>{`${topic}/${partition}`}</strong> },
  { header: 'Group', render: ({ group }) => group },
  { header: 'Doing', render: (lane) => <State tone={toneOf(lane)}>{kWords[lane.state]}</State> },
  { header: 'Call under way', end: true, render: ({ state, busy_ms }) => (state === 'running' ? durationText(busy_ms / 1000) : '–') },
  { header: 'Worker', render: ({ worker }) => <span className={classes.code}>{worker}</span> },
  { header: 'Seen', render: ({ seen_at }) => <LiveTime time={seen_at} /> },
];

export default function LanesPage() {
  usePageTitle('Worker lanes');
  const query = useQuery(lanesQuery);
  return (
    <>
      <PageHeader title="Worker lanes" subtitle={query.data ? plural(query.data.length, 'lane') : 'Loading …'} />
      <Loaded query={query} height={480}>
        {(lanes) =>
          lanes.length === 0 ? (
            <EmptyState icon={<IconBinaryTree2 size={28} stroke={1.6} />} title="No lanes">
              No worker has a partition at this moment.
            </EmptyState>
          ) : (
            <Panel title="What each is doing">
              <Table label="Worker lanes" cells={kCells} rows={lanes} rowKey={({ worker, group, topic, partition }) => `${worker} ${group} ${topic}/${partition}`} />
            </Panel>
          )
        }
      </Loaded>
    </>
  );
}
