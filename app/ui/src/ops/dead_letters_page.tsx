import { Button, Group, Skeleton, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconChecks, IconMailOff, IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';

import { explain, isStatus } from '../api/problem';
import { PageHeader } from '../admin/page_header';
import { LiveTime } from '../components/live_time';
import { EmptyState } from '../components/states';
import { formatCount, plural } from '../lib/format';
import { useFirstLoad } from '../lib/use_first_load';
import { usePageTitle } from '../lib/use_page_title';
import { causesQuery, deadLettersQuery, redrivesQuery } from './api';
import type { Cause, DeadLetter, Selection } from './contract';
import { DeadLetterDrawer } from './dead_letter_drawer';
import { fullFilter } from './dead_letter_filter';
import { LoadMore } from './load_more';
import { Loaded } from './loaded';
import classes from './ops.module.css';
import { countText } from './ops_format';
import type { Cell } from './panel';
import { Panel, State, Table } from './panel';
import type { Act } from './redrive_modal';
import { RedriveModal } from './redrive_modal';
import { RedrivesPanel } from './redrives_panel';

const listQuery = (filter: string) => deadLettersQuery(filter ? { where: filter } : {});

export default function DeadLettersPage() {
  usePageTitle('Dead letters');
  const [params, setParams] = useSearchParams();
  const [text, setText] = useState(params.get('where') ?? '');
  const [where] = useDebouncedValue(text.trim(), 300);
  const [acting, setActing] = useState<{ act: Act; selection: Selection; count?: number }>();
  const causes = useQuery(causesQuery);
  const fingerprint = params.get('cause') ?? '';
  const cause = fingerprint === '' ? undefined : causes.data?.find((each) => each.fingerprint === fingerprint);
  const filter = fullFilter(fingerprint, where);
  const isLoaded = useFirstLoad(causes, useInfiniteQuery(listQuery(filter)), useQuery(redrivesQuery));
  const waiting = causes.data?.reduce((sum, { count }) => sum + count, 0);
  const choose = (next: string) => setParams(next === fingerprint ? {} : { cause: next }, { replace: true });
  return (
    <>
      <PageHeader title="Dead letters" subtitle={waiting === undefined ? 'Loading …' : waiting === 0 ? 'None waits' : `${plural(waiting, 'record')} set aside, of ${plural(causes.data?.length ?? 0, 'cause')}`} />
      {isLoaded ? (
        <div className={classes.stack}>
          <Panel title="By cause">
            <Loaded query={causes} height={220}>
              {(list) => <Causes causes={list} chosen={fingerprint} onChoose={choose} />}
            </Loaded>
          </Panel>
          <Panel
            title={cause?.error_class ?? 'All dead letters'}
            actions={
              <Group gap="xs">
                <Button size="xs" disabled={waiting === 0} onClick={() => setActing({ act: 'redrive', selection: filter ? { where: filter } : {}, ...(cause && !where ? { count: cause.count } : {}) })}>
                  Redrive {filter ? 'these' : 'all'}
                </Button>
                <Button size="xs" variant="default" disabled={waiting === 0} onClick={() => setActing({ act: 'discard', selection: filter ? { where: filter } : {}, ...(cause && !where ? { count: cause.count } : {}) })}>
                  Discard {filter ? 'these' : 'all'}
                </Button>
              </Group>
            }
          >
            <Search text={text} onChange={setText} />
            <List filter={filter} onAct={(act, id) => setActing({ act, selection: { ids: [id] }, count: 1 })} />
          </Panel>
          <RedrivesPanel />
        </div>
      ) : (
        <Skeleton h={480} aria-hidden />
      )}
      {acting && <RedriveModal {...acting} onClose={() => setActing(undefined)} />}
    </>
  );
}

function Causes({ causes, chosen, onChoose }: { causes: readonly Cause[]; chosen: string; onChoose: (fingerprint: string) => void }) {
  if (causes.length === 0) {
    return (
      <EmptyState compact icon={<IconChecks size={26} stroke={1.6} />} title="Nothing was set aside">
        A record that fails as often as its route allows appears here.
      </EmptyState>
    );
  }
  return (
    <ul className={classes.causes}>
      {causes.map((cause) => (
        <li key={`${cause.topic} ${cause.fingerprint ?? ''}`}>
          <button type="button" className={classes.cause} aria-pressed={cause.fingerprint !== null && cause.fingerprint === chosen} disabled={cause.fingerprint === null} onClick={() => onChoose(cause.fingerprint ?? '')} data-testid="cause">
            <span className={classes.count}>{formatCount(cause.count)}</span>
            <span className={classes.what}>
              <strong>{cause.error_class ?? 'Foreign records'}</strong>
              <span title={cause.error_message ?? undefined}>{cause.error_message ?? 'They do not say where they came from.'}</span>
              <Text component="span" size="xs" c="dimmed">
                {cause.source_topic ? `${cause.source_topic} → ${cause.topic}` : cause.topic}
                {cause.consumer_group && `, group ${cause.consumer_group}`}
                {cause.handled > 0 && `, ${formatCount(cause.handled)} handled`}
              </Text>
            </span>
            <span className={classes.when}>
              last <LiveTime time={cause.last_at} />
              <br />
              first <LiveTime time={cause.first_at} />
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Search({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  return (
    <TextInput
      mx="lg"
      mb="md"
      aria-label="Filter"
      description={'Such as: source_partition in (0,2) and age > 1h and key = "…"'}
      inputWrapperOrder={['input', 'description', 'error']}
      placeholder="Filter"
      leftSection={<IconSearch size={16} />}
      value={text}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

const kStateTones = { waiting: 'warn', taken: 'busy', redriven: 'good', discarded: undefined } as const;

function cellsWith(show: (letter: DeadLetter) => void): ReadonlyArray<Cell<DeadLetter>> {
  return [
    {
      header: 'Record',
      render: (letter) => (
        <Button variant="subtle" color="gray" c="var(--mantine-color-text)" size="compact-sm" ml={-8} onClick={() => show(letter)}>
          {letter.id}
        </Button>
      ),
    },
    { header: 'State', render: ({ state }) => <State tone={kStateTones[state]}>{state}</State> },
    { header: 'Key', render: ({ key }) => <span className={`${classes.code} ${classes.line}`}>{key ?? '–'}</span> },
    { header: 'Error', render: ({ error_message }) => <span className={classes.line}>{error_message ?? 'A foreign record'}</span> },
    { header: 'Tried', end: true, render: ({ attempts }) => countText(attempts) },
    { header: 'When', render: ({ died_at }) => <LiveTime time={died_at} /> },
  ];
}

function List({ filter, onAct }: { filter: string; onAct: (act: Act, id: string) => void }) {
  const query = useInfiniteQuery(listQuery(filter));
  const [shown, setShown] = useState<DeadLetter>();
  if (isStatus(query.error, 400) || isStatus(query.error, 422)) {
    return (
      <Text role="alert" c="var(--mantine-color-error)" px="lg" pb="lg" size="sm">
        {explain(query.error)}
      </Text>
    );
  }
  return (
    <Loaded query={query} height={280}>
      {({ pages }) => {
        const letters = pages.flatMap((page) => page.data);
        return letters.length === 0 ? (
          <EmptyState compact icon={<IconMailOff size={26} stroke={1.6} />} title={filter ? 'None matches' : 'None waits'} />
        ) : (
          <>
            <Table label="Dead letters" cells={cellsWith(setShown)} rows={letters} rowKey={({ id }) => id} />
            <LoadMore query={query} />
            {shown && (
              <DeadLetterDrawer
                letter={shown}
                onClose={() => setShown(undefined)}
                onAct={(act) => {
                  setShown(undefined);
                  onAct(act, shown.id);
                }}
              />
            )}
          </>
        );
      }}
    </Loaded>
  );
}
