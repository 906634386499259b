import { IconStack3 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { PageHeader } from '../admin/page_header';
import { EmptyState } from '../components/states';
import { plural } from '../lib/format';
import { usePageTitle } from '../lib/use_page_title';
import { topicsQuery } from './api';
import type { GroupLag, Topic } from './contract';
import { Loaded } from './loaded';
import classes from './ops.module.css';
import { countText, durationText, rateText } from './ops_format';
import type { Cell } from './panel';
import { Panel, Table } from './panel';

const kCells: ReadonlyArray<Cell<Topic>> = [
  {
    header: 'Topic',
    render: ({ topic }) => (
      <Link className={classes.link} to={`/ops/topics/${encodeURIComponent(topic)}`}>
        {topic}
      </Link>
    ),
  },
  { header: 'Partitions', end: true, render: ({ partitions }) => countText(partitions.length) },
  { header: 'Messages', end: true, render: ({ messages }) => countText(messages) },
  { header: 'Rate', end: true, render: ({ rate }) => rateText(rate) },
  { header: 'Read by', render: ({ lag }) => (lag.length === 0 ? <span>Nobody in a group</span> : lag.map((each) => <Lag key={each.group} lag={each} />)) },
];

function Lag({ lag: { group, messages, seconds } }: { lag: GroupLag }) {
  return (
    <span className={classes.line}>
      {group}: {messages === 0 ? 'up to date' : `${countText(messages)} behind, ${durationText(seconds)}`}
    </span>
  );
}

export default function TopicsPage() {
  usePageTitle('Topics');
  const query = useQuery(topicsQuery);
  return (
    <>
      <PageHeader title="Topics" subtitle={query.data ? plural(query.data.length, 'topic') : 'Loading …'} />
      <Loaded query={query} height={480}>
        {(topics) =>
          topics.length === 0 ? (
            <EmptyState icon={<IconStack3 size={28} stroke={1.6} />} title="No topics">
              bin/carafe topics migrate makes those of karafka.yml.
            </EmptyState>
          ) : (
            <Panel title="All topics">
              <Table label="Topics" cells={kCells} rows={topics} rowKey={({ topic }) => topic} />
            </Panel>
          )
        }
      </Loaded>
    </>
  );
}
