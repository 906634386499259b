import { Button, Group, Skeleton, Text, TextInput } from '@mantine/core';
import { IconRoute, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate, useParams } from 'react-router';

import { isStatus } from '../api/problem';
import { PageHeader } from '../admin/page_header';
import { EmptyState, ErrorState } from '../components/states';
import { usePageTitle } from '../lib/use_page_title';
import { traceQuery } from './api';
import type { Trace } from './contract';
import classes from './ops.module.css';
import { durationText } from './ops_format';
import { Panel } from './panel';
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
  if (query.data) return <Waterfall trace={query.data} />;
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

function Waterfall({ trace }: { trace: Trace }) {
  const { bars, totalMs } = waterfall(trace.hops);
  return (
    <Panel
      title={trace.order_number ?? trace.order_id}
      actions={
        <Text size="sm" c="dimmed">
          {durationText(totalMs / 1000)} in all{trace.trace_id ? `, trace ${trace.trace_id}` : ''}
        </Text>
      }
    >
      <ol className={classes.waterfall} data-testid="waterfall">
        {bars.map(({ hop, startMs, lengthMs, left, width }) => (
          <li key={`${hop.name} ${hop.at}`} className={classes.hop}>
            <span className={classes.what}>
              <strong title={hop.name}>{hop.name}</strong>
              <Text component="span" size="xs" c="dimmed">
                {[hop.process, hop.detail].filter(Boolean).join(', ')}
              </Text>
            </span>
            <span className={classes.track} aria-hidden>
              <span className={classes.bar} style={{ left: `min(${left}%, calc(100% - 5px))`, width: `${width}%` }} />
            </span>
            <span className="tabular" style={{ textAlign: 'right' }}>
              +{durationText(startMs / 1000)}
              {lengthMs > 0 && (
                <Text component="span" display="block" size="xs" c="dimmed">
                  took {durationText(lengthMs / 1000)}
                </Text>
              )}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
