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
import type { Message, TopicPartition } from './contract';
import { Loaded } from './loaded';
import classes from './ops.module.css';
import { bytesText, countText, payloadLine, rateText } from './ops_format';
import type { Cell } from './panel';
import { Panel, Table } from './panel';
import { Headers, Payload } from './record';

const kPartitionCells: ReadonlyArray<Cell<TopicPartition>> = [
  { header: 'Partition', render: ({ partition }) => <strong>{partition}</strong> },
  { header: 'First offset', end: true, render: ({ first_offset }) => countText(first_offset) },
  { header: 'Next offset', end: true, render: ({ end_offset }) => countText(end_offset) },
  { header: 'Messages', end: true, render: ({ first_offset, end_offset }) => countText(end_offset - first_offset) },
];

export default function TopicPage() {
  const { topic = '' } = useParams();
  usePageTitle(topic);
  const query = useQuery(topicsQuery);
  const found = query.data?.find((each) => each.topic === topic);
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
      {found && <Messages topic={topic} partitions={found.partitions} />}
    </div>
  );
}

function cellsWith(show: (message: Message) => void): ReadonlyArray<Cell<Message>> {
  return [
    {
      header: 'Record',
      render: (message) => (
        <Button variant="subtle" color="gray" c="var(--mantine-color-text)" size="compact-sm" ml={-8} onClick={() => show(message)} aria-label={`Record ${message.partition}/${message.offset}`}>
          {message.partition}/{message.offset}
        </Button>
      ),
    },
    { header: 'When', render: ({ at }) => <LiveTime time={at} /> },
    { header: 'Key', render: ({ key }) => <span className={`${classes.code} ${classes.line}`}>{key ?? '–'}</span> },
    { header: 'Payload', render: ({ payload }) => <span className={`${classes.code} ${classes.line}`}>{payloadLine(payload)}</span> },
    { header: 'Size', end: true, render: ({ payload_size }) => bytesText(payload_size) },
  ];
}

function Messages({ topic, partitions }: { topic: string; partitions: readonly TopicPartition[] }) {
  const [partition, setPartition] = useState<string | null>(null);
  const [offset, setOffset] = useState<number | string>('');
  const [shown, setShown] = useState<Message>();
  const place = {
    ...(partition === null ? {} : { partition: Number(partition) }),
    ...(partition !== null && typeof offset === 'number' ? { offset } : {}),
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
              placeholder="All partitions"
              clearable
              w={160}
              value={partition}
              onChange={setPartition}
              clearButtonProps={{ 'aria-label': 'All partitions' }}
              data={partitions.map((each) => ({ value: String(each.partition), label: `Partition ${each.partition}` }))}
            />
            <NumberInput aria-label="From offset" placeholder="From offset" w={150} min={0} allowDecimal={false} hideControls disabled={partition === null} value={offset} onChange={setOffset} />
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
              <dd>{formatDateTimeExactly(shown.at)}</dd>
              <dt>Key</dt>
              <dd className={classes.code}>{shown.key ?? 'none'}</dd>
            </dl>
            <Payload payload={shown.payload} />
            <Headers headers={shown.headers} />
          </Stack>
        </Modal>
      )}
    </>
  );
}
