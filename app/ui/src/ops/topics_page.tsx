import { IconStack3 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { PageHeader } from '../admin/page_header';
import { EmptyState } from '../components/states';
import { plural } from '../lib/format';
import { usePageTitle } from '../lib/use_page_title';
import { topicsQuery } from './api';
import type { Topic, TopicLag } from './contract';
import { Loaded } from './loaded';
import { Problems } from './problems';
import classes from './ops.module.css';
import { behindText, countText, rateText } from './ops_format';
import type { Cell } from './panel';
import { Panel, Table } from './panel';

const kCells: ReadonlyArray<Cell<Topic>> = [
  {
    header: 'Topic',
    render: ({ name }) => (
      <Link className={classes.link} to={`/ops/topics/${encodeURIComponent(name)}`}>
        {name}
      </Link>
    ),
  },
  { header: 'Partitions', end: true, render: ({ partitions }) => countText(partitions.length) },
  { header: 'Messages', end: true, render: ({ messages }) => countText(messages) },
  { header: 'Rate', end: true, render: ({ rate }) => rateText(rate) },
  { header: 'Read by', render: ({ groups }) => (groups.length === 0 ? <span className={classes.none}>No group</span> : groups.map((each) => <Lag key={each.group} lag={each} />)) },
];

function Lag({ lag }: { lag: TopicLag }) {
  return (
    <span className={classes.line}>
      {lag.group}: {behindText(lag)}
    </span>
  );
}

export default function TopicsPage() {
  usePageTitle('Topics');
  const query = useQuery(topicsQuery);
  return (
    <>
      <PageHeader title="Topics" subtitle={query.data ? plural(query.data.data.length, 'topic') : 'Loading …'} />
      <Loaded query={query} height={480}>
        {({ data: topics, problems }) =>
          topics.length === 0 ? (
            <EmptyState icon={<IconStack3 size={28} stroke={1.6} />} title="No topics">
              bin/carafe topics migrate makes those of karafka.yml.
            </EmptyState>
          ) : (
            <>
              <Problems problems={problems} />
              <Panel title="All topics">
                <Table label="Topics" cells={kCells} rows={topics} rowKey={({ name }) => name} />
              </Panel>
            </>
          )
        }
      </Loaded>
    </>
  );
}
