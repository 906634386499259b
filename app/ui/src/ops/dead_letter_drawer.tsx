import { Button, Drawer, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import { ErrorState } from '../components/states';
import { formatDateTimeExactly } from '../lib/format';
import { deadLetterQuery } from './api';
import type { DeadLetter, DeadLetterDetails } from './contract';
import classes from './ops.module.css';
import { countText, readable } from './ops_format';
import type { Act } from './redrive_modal';
import { Headers, Payload } from './record';

// One dead letter, all of it; what is known from the list is there at once.
export function DeadLetterDrawer({ letter, onClose, onAct }: { letter: DeadLetter; onClose: () => void; onAct: (act: Act) => void }) {
  const query = useQuery(deadLetterQuery(letter.id));
  const shown = query.data ?? letter;
  return (
    <Drawer opened onClose={onClose} position="right" size={620} padding="lg" title={<Text component="span" fw={650}>{letter.id}</Text>}>
      <Stack gap="lg">
        {shown.state === 'waiting' && shown.source && (
          <Group gap="xs">
            <Button onClick={() => onAct('redrive')}>Redrive</Button>
            <Button variant="default" onClick={() => onAct('discard')}>
              Discard
            </Button>
          </Group>
        )}
        <Facts letter={shown} />
        {query.isError ? <ErrorState compact error={query.error} onRetry={() => void query.refetch()} /> : query.data ? <Content letter={query.data} /> : <Skeleton h={220} aria-hidden />}
      </Stack>
    </Drawer>
  );
}

function Content({ letter }: { letter: DeadLetterDetails }) {
  return (
    <>
      <Payload payload={readable(letter.payload ?? letter.payload_base64)} />
      <Headers headers={letter.headers} />
    </>
  );
}

function Facts({ letter }: { letter: DeadLetter }) {
  return (
    <dl className={classes.facts}>
      <dt>Error</dt>
      <dd>
        <strong>{letter.error_class ?? 'A foreign record'}</strong>
        {letter.error_message && <div>{letter.error_message}</div>}
      </dd>
      <dt>State</dt>
      <dd>{letter.state}</dd>
      {letter.source && (
        <>
          <dt>From</dt>
          <dd>
            {letter.source.topic}/{letter.source.partition}/{letter.source.offset}, {formatDateTimeExactly(letter.source.produced_at)}
          </dd>
        </>
      )}
      <dt>Group</dt>
      <dd>{letter.consumer_group ?? 'none'}</dd>
      <dt>Key</dt>
      <dd className={classes.code}>{letter.key ?? letter.key_base64 ?? 'none'}</dd>
      <dt>Tried</dt>
      <dd>{countText(letter.attempts)} times</dd>
      <dt>Redriven before</dt>
      <dd>{countText(letter.redrives)} times</dd>
      <dt>Set aside</dt>
      <dd>{formatDateTimeExactly(letter.died_at)}</dd>
    </dl>
  );
}
