import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';

import { PageHeader } from '../admin/page_header';
import { Plot } from '../admin/plot';
import { Tile } from '../admin/tile';
import tiles from '../admin/dashboard_page.module.css';
import { ErrorState } from '../components/states';
import { formatClockSeconds } from '../lib/format';
import { useStore } from '../lib/store';
import { usePageTitle } from '../lib/use_page_title';
import { groupsQuery, statsQuery } from './api';
import type { Stats } from './contract';
import { GroupsTable } from './groups_table';
import type { Point } from './history';
import { history } from './history';
import { Loaded } from './loaded';
import classes from './ops.module.css';
import { countText, durationText, kUnknown, rateText } from './ops_format';
import { Panel } from './panel';

export default function OverviewPage() {
  usePageTitle('Operations');
  const stats = useQuery(statsQuery);
  const groups = useQuery(groupsQuery);
  const points = useStore(history.points);
  useEffect(() => {
    if (stats.data) history.add(stats.data);
  }, [stats.data]);
  return (
    <>
      <PageHeader title="Operations" subtitle={stats.data ? `As of ${formatClockSeconds(stats.data.at)}` : 'Loading …'} />
      {stats.isError && !stats.data && <ErrorState compact error={stats.error} onRetry={() => void stats.refetch()} title="The figures could not be loaded" />}
      <Tiles stats={stats.data} />
      <Plots points={points} />
      <Panel title="Consumer groups">
        <Loaded query={groups} height={180}>
          {(list) => <GroupsTable groups={list} />}
        </Loaded>
      </Panel>
    </>
  );
}

function Tiles({ stats }: { stats: Stats | undefined }) {
  const isLoading = stats === undefined;
  const dead = stats?.dead_letters ?? null;
  return (
    <div className={tiles.tiles}>
      <Tile label="Throughput" value={rateText(stats?.records_per_second)} note={workersText(stats)} isLoading={isLoading} to="/ops/topics" />
      <Tile label="Handler, p99" value={durationText(stats?.handler_seconds?.p99)} note={`Half of them under ${durationText(stats?.handler_seconds?.p50)}`} isLoading={isLoading} to="/ops/lanes" />
      <Tile label="Lag" value={countText(stats?.lag_messages)} note={lagText(stats)} tone={(stats?.lag_seconds ?? 0) > 10 ? 'warn' : undefined} isLoading={isLoading} to="/ops/groups" />
      <Tile label="Dead letters" value={countText(dead)} note={dead === 0 ? 'Nothing was set aside' : 'They wait for somebody'} tone={(dead ?? 0) > 0 ? 'bad' : undefined} isLoading={isLoading} to="/ops/dead-letters" />
    </div>
  );
}

function workersText(stats: Stats | undefined): string {
  const workers = stats?.workers;
  if (workers === null || workers === undefined) return 'Records handled in a second';
  return workers === 1 ? 'by 1 worker' : `by ${workers} workers`;
}

function lagText(stats: Stats | undefined): string {
  const seconds = stats?.lag_seconds ?? null;
  return seconds === null ? 'Messages that wait; since when is not known' : `The oldest waits for ${durationText(seconds)}`;
}

function Plots({ points }: { points: readonly Point[] }) {
  const labels = points.map(({ at }) => formatClockSeconds(at));
  const last = points.at(-1);
  return (
    <div className={`${tiles.plots} ${classes.plots}`}>
      <Plot
        title="Throughput"
        kind="area"
        labels={labels}
        series={[{ name: 'records a second', tone: 'good', values: points.map(({ rate }) => rate ?? 0) }]}
        format={(value) => value.toLocaleString('en-US', { maximumFractionDigits: 1 })}
        summary={`Throughput: ${rateText(last?.rate)} at last.`}
      />
      <Plot
        title="Latency of a handler, p99"
        kind="area"
        labels={labels}
        series={[{ name: 'p99', tone: 'good', values: points.map(({ p99 }) => (p99 ?? 0) * 1000) }]}
        format={(value) => `${value.toLocaleString('en-US', { maximumFractionDigits: 1 })} ms`}
        summary={`Latency of a handler: p99 ${last?.p99 === undefined ? kUnknown : durationText(last.p99)} at last.`}
      />
    </div>
  );
}
