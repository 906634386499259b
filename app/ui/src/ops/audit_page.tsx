import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';

import { PageHeader } from '../admin/page_header';
import { LiveTime } from '../components/live_time';
import { EmptyState } from '../components/states';
import { usePageTitle } from '../lib/use_page_title';
import { auditQuery } from './api';
import type { AuditEntry } from './contract';
import { LoadMore } from './load_more';
import { Loaded } from './loaded';
import type { Cell } from './panel';
import { Panel, Table } from './panel';

const kCells: ReadonlyArray<Cell<AuditEntry>> = [
  { header: 'When', render: ({ at }) => <LiveTime time={at} /> },
  { header: 'Who', render: ({ actor }) => actor },
  { header: 'What', render: ({ action }) => <strong>{action}</strong> },
  { header: 'On', render: ({ subject }) => subject },
  { header: 'Why', render: ({ reason }) => reason },
];

export default function AuditPage() {
  usePageTitle('Audit');
  const query = useInfiniteQuery(auditQuery());
  return (
    <>
      <PageHeader title="Audit" subtitle="Who did what to the system, and why" />
      <Loaded query={query} height={480}>
        {({ pages }) => {
          const entries = pages.flatMap((page) => page.data);
          return entries.length === 0 ? (
            <EmptyState icon={<IconHistory size={28} stroke={1.6} />} title="Nobody did anything yet">
              Redrives, discards, pauses and resumes are written down here.
            </EmptyState>
          ) : (
            <Panel title="Acts">
              <Table label="Audit" cells={kCells} rows={entries} rowKey={({ id }) => id} />
              <LoadMore query={query} />
            </Panel>
          );
        }}
      </Loaded>
    </>
  );
}
