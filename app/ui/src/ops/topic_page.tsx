import { Button, Group, Modal, NumberInput, Select, Stack } from '@mantine/core';
import { IconArrowLeft, IconMessageOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';

import { PageHeader } from '../admin/page_header';
import { LiveTime } from '../components/live_time';
import { EmptyState } from '../components/states';
import { formatDateTimeExactly, plural } from '../lib/format';
import { usePageTitle } from '../lib/use_page_title';
import { messagesQuery, topicsQuery } from './api';
import type { TopicPartition, TopicRecord } from './contract';
import { Loaded } from './loaded';
import classes from './ops.module.css';
import { countText, rateText, readable } from './ops_format';
import type { Cell } from './panel';
import { Panel, Table } from './panel';
import { Headers, Payload } from './record';

const kPartitionCells: ReadonlyArray<Cell<TopicPartition>> = [
  { header: 'Partition', render: ({ partition }) => <strong>{partition}</strong> },
  { header: 'First offset', end: true, render: ({ first }) => countText(first) },
  { header: 'Next offset', end: true, render: ({ end }) => countText(end) },
  { header: 'Messages', end: true, render: ({ first, end }) => countText(first === null || end === null ? null : end - first) },
];

export default function TopicPage() {
  const { topic = '' } = useParams();
  usePageTitle(topic);
  const query = useQuery(topicsQuery);
  const found = query.data?.data.find((each) => each.name === topic);
  return (
    <div className={classes.stack}>
      <div>
        <Button component={Link} to="/ops/topics" variant="subtle" color="gray" c="dimmed" size="compact-sm" leftSection={<IconArrowLeft size={16} />} mb="xs">
          Topics
        </Button>
        <PageHeader title={topic} subtitle={found ? `${plural(found.partitions.length, 'partition')}, ${rateText(found.rate)}` : ' '} />
        <Loaded query={query} height={220}>
          {() =>
            found ? (
              <Panel title="Partitions">
                <Table label="Partitions" cells={kPartitionCells} rows={found.partitions} rowKey={({ partition }) => String(partition)} />
              </Panel>
            ) : (
              <EmptyState icon={<IconMessageOff size={28} stroke={1.6} />} title="There is no such topic" />
            )
          }
        </Loaded>
      </div>
      {found && <Messages key={topic} topic={topic} partitions={found.partitions} />}
    </div>
  );
}

function cellsWith(show: (message: TopicRecord) => void): ReadonlyArray<Cell<TopicRecord>> {
  return [
    {
      header: 'Record',
      render: (message) => (
        <Button variant="subtle" color="gray" c="var(--mantine-color-text)" size="compact-sm" ml={-8} onClick={() => show(message)} aria-label={`Record ${message.partition}/${message.offset}`}>
          {message.partition}/{message.offset}
        </Button>
      ),
    },
    { header: 'When', render: ({ timestamp }) => <LiveTime time={timestamp} /> },
    { header: 'Key', render: ({ key }) => <span className={`${classes.code} ${classes.line}`}>{key ?? '–'}</span> },
    { header: 'Payload', render: ({ payload }) => <span className={`${classes.code} ${classes.line}`}>{payload ?? '(bytes)'}</span> },
  ];
}

// Where there is something to see.
function fullest(partitions: readonly TopicPartition[]): string {
  const size = ({ first, end }: TopicPartition) => (end ?? 0) - (first ?? 0);
  const most = partitions.reduce<TopicPartition | undefined>((best, each) => (best && size(best) >= size(each) ? best : each), undefined);
  return String(most?.partition ?? 0);
}

function Messages({ topic, partitions }: { topic: string; partitions: readonly TopicPartition[] }) {
  const [partition, setPartition] = useState(() => fullest(partitions));
  const [offset, setOffset] = useState<number | string>('');
  const [shown, setShown] = useState<TopicRecord>();
  const place = {
    partition: Number(partition),
    ...(typeof offset === 'number' ? { offset } : {}),
  };
  const query = useQuery(messagesQuery(topic, place));
  return (
    <>
      <Panel
        title="Recent messages"
        actions={
          <Group gap="xs">
            <Select
              aria-label="Partition"
              allowDeselect={false}
              w={160}
              value={partition}
              onChange={(value) => setPartition(value ?? partition)}
              data={partitions.map((each) => ({ value: String(each.partition), label: `Partition ${each.partition}` }))}
            />
            <NumberInput aria-label="From offset" placeholder="From offset" w={150} min={0} allowDecimal={false} hideControls value={offset} onChange={setOffset} />
          </Group>
        }
      >
        <Loaded query={query} height={360}>
          {(messages) =>
            messages.length === 0 ? (
              <EmptyState compact icon={<IconMessageOff size={26} stroke={1.6} />} title="Nothing here">
                There is no record at this place.
              </EmptyState>
            ) : (
              <Table label="Recent messages" cells={cellsWith(setShown)} rows={messages} rowKey={(each) => `${each.partition}/${each.offset}`} />
            )
          }
        </Loaded>
      </Panel>
      {shown && (
        <Modal opened onClose={() => setShown(undefined)} size="xl" title={`${topic}/${shown.partition}/${shown.offset}`}>
          <Stack gap="md">
            <dl className={classes.facts}>
              <dt>Produced</dt>
              <dd>{formatDateTimeExactly(shown.timestamp)}</dd>
              <dt>Key</dt>
              <dd className={classes.code}>{shown.key ?? shown.key_base64 ?? 'none'}</dd>
            </dl>
            <Payload payload={readable(shown.payload ?? shown.payload_base64)} />
            <Headers headers={shown.headers} />
          </Stack>
        </Modal>
      )}
    </>
  );
}
