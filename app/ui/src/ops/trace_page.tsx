import { Anchor, Button, Group, Skeleton, Text, TextInput } from '@mantine/core';
import { IconRoute, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';

import { isStatus } from '../api/problem';
import { PageHeader } from '../admin/page_header';
import { EmptyState, ErrorState } from '../components/states';
import { usePageTitle } from '../lib/use_page_title';
import { traceQuery } from './api';
import type { Trace, TraceHop } from './contract';
import classes from './ops.module.css';
import { durationText } from './ops_format';
import { Panel } from './panel';
import { Problems } from './problems';
import type { Bar } from './waterfall';
import { waterfall } from './waterfall';

const kUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export default function TracePage() {
  const { id = '' } = useParams();
  usePageTitle('Traces');
  const navigate = useNavigate();
  const [text, setText] = useState(id);
  const [problem, setProblem] = useState<string>();
  const look = () => {
    const wanted = text.trim();
    setProblem(kUuid.test(wanted) ? undefined : 'This is no id of an order. Its page has it in the address.');
    if (kUuid.test(wanted)) void navigate(`/ops/traces/${wanted}`);
  };
  return (
    <>
      <PageHeader title="Traces" subtitle="The way of an order through every process, hop by hop" />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          look();
        }}
      >
        <Group mb="lg" align="flex-start" gap="xs">
          <TextInput aria-label="Order id" placeholder="Id of an order" leftSection={<IconSearch size={16} />} w={{ base: '100%', xs: 400 }} value={text} error={problem} onChange={(event) => setText(event.currentTarget.value)} />
          <Button type="submit">Show</Button>
        </Group>
      </form>
      {id === '' ? (
        <EmptyState icon={<IconRoute size={28} stroke={1.6} />} title="Which order?">
          Enter its id, or come here from its page in the administration.
        </EmptyState>
      ) : (
        <OneTrace id={id} />
      )}
    </>
  );
}

function OneTrace({ id }: { id: string }) {
  const query = useQuery(traceQuery(id));
  if (query.data) return <Waterfall id={id} trace={query.data} />;
  if (!query.isError) return <Skeleton h={360} aria-hidden />;
  if (isStatus(query.error, 404)) {
    return (
      <EmptyState icon={<IconRoute size={28} stroke={1.6} />} title="There is no such order">
        Or nothing is known of its way any more.
      </EmptyState>
    );
  }
  return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
}

function Waterfall({ id, trace }: { id: string; trace: Trace }) {
  const { bars, totalMs } = waterfall(trace.data);
  const traceId = trace.data.find(({ trace_id }) => trace_id)?.trace_id;
  return (
    <>
      <Problems problems={trace.problems} />
      <Panel
        title={`${bars.length} hops in ${durationText(totalMs / 1000)}`}
        actions={
          <Anchor component={Link} to={`/admin/orders/${id}`} size="sm">
            See the order
          </Anchor>
        }
      >
        {traceId && (
          <Text size="xs" c="dimmed" px="lg" pb="sm" className={classes.code}>
            trace {traceId}
          </Text>
        )}
        <ol className={classes.waterfall} data-testid="waterfall">
          {bars.map((bar) => (
            <HopLine key={bar.hop.event_id ?? `${bar.hop.topic} ${bar.startMs}`} bar={bar} />
          ))}
        </ol>
      </Panel>
    </>
  );
}

function HopLine({ bar: { hop, startMs, lengthMs, left, width } }: { bar: Bar }) {
  return (
    <li className={classes.hop}>
      <span className={classes.what}>
        <strong title={hop.type ?? hop.topic}>{hop.type ?? hop.topic}</strong>
        <Text component="span" size="xs" c="dimmed">
          {placeOf(hop)}
        </Text>
      </span>
      <span className={classes.track} aria-hidden>
        <span className={classes.bar} style={{ left: `min(${left}%, calc(100% - 5px))`, width: `${width}%` }} />
      </span>
      <span className={`tabular ${classes.when}`}>
        +{durationText(startMs / 1000)}
        <br />
        {lengthMs === undefined ? 'not published' : `${durationText(lengthMs / 1000)} to Kafka`}
      </span>
    </li>
  );
}

function placeOf({ topic, partition, offset, readers, note }: TraceHop): string {
  const place = partition === null ? `${topic}, in the outbox` : `${topic}/${partition}@${offset ?? '?'}`;
  const words = { true: 'handled by', false: 'waits for', null: 'perhaps handled by' };
  return [place, ...readers.map(({ group, handled }) => `${words[`${handled}`]} ${group}`), note].filter(Boolean).join(' · ');
}
