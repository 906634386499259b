import { IconBinaryTree2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';

import { PageHeader } from '../admin/page_header';
import { EmptyState } from '../components/states';
import { plural } from '../lib/format';
import { usePageTitle } from '../lib/use_page_title';
import { lanesQuery } from './api';
import type { Lane } from './contract';
import { Loaded } from './loaded';
import classes from './ops.module.css';
import { countText, durationText } from './ops_format';
import type { Cell } from './panel';
import { Panel, State, Table } from './panel';

// Longer than this and somebody should look.
const kSlowSeconds = 5;

function toneOf({ state, running_seconds: running }: Lane) {
  if (/back|retry|degraded|paused/i.test(state)) return 'warn';
  if (/halted|dead|failed/i.test(state)) return 'bad';
  if (running !== null) return running > kSlowSeconds ? 'warn' : 'busy';
  return 'good';
}

const kCells: ReadonlyArray<Cell<Lane>> = [
  { header: 'Partition', render: ({ topic, partition }) => <strong>{`${topic}/${partition}`}</strong> },
  { header: 'Group', render: ({ group }) => group },
  { header: 'Worker', render: ({ worker }) => worker },
  { header: 'Doing', render: (lane) => <State tone={toneOf(lane)}>{lane.state}</State> },
  { header: 'For', end: true, render: ({ running_seconds }) => durationText(running_seconds) },
  { header: 'Offset', end: true, render: ({ offset }) => countText(offset) },
  { header: 'Key', render: ({ key }) => <span className={`${classes.code} ${classes.line}`}>{key ?? '–'}</span> },
  { header: 'Waiting', end: true, render: ({ queued }) => countText(queued) },
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
              <Table label="Worker lanes" cells={kCells} rows={lanes} rowKey={({ worker, group, topic, partition, key }) => `${worker} ${group} ${topic}/${partition} ${key ?? ''}`} />
            </Panel>
          )
        }
      </Loaded>
    </>
  );
}
