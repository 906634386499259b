import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';

import tiles from '../admin/dashboard_page.module.css';
import { PageHeader } from '../admin/page_header';
import { Plot } from '../admin/plot';
import { Tile } from '../admin/tile';
import { ErrorState } from '../components/states';
import { formatClockSeconds, formatDecimal, plural } from '../lib/format';
import { useStore } from '../lib/store';
import { useFirstLoad } from '../lib/use_first_load';
import { usePageTitle } from '../lib/use_page_title';
import { groupsQuery, statsQuery, topicsQuery } from './api';
import type { Stats } from './contract';
import { GroupsTable } from './groups_table';
import type { Point } from './history';
import { sumOfKnown, throughput, waiting } from './history';
import { Loaded } from './loaded';
import { countText, durationText, rateText } from './ops_format';
import { Panel } from './panel';
import { Problems } from './problems';

// Older than this and somebody should look.
const kLateSeconds = 10;

export default function OverviewPage() {
  usePageTitle('Operations');
  const stats = useQuery(statsQuery);
  const topics = useQuery(topicsQuery);
  const groups = useQuery(groupsQuery);
  useEffect(() => {
    if (stats.data) waiting.add(stats.data.at, stats.data.lag_seconds);
  }, [stats.data]);
  useEffect(() => {
    if (topics.data) throughput.add(topics.data.at, sumOfKnown(topics.data.data.map(({ rate }) => rate)));
  }, [topics.data]);
  const isLoaded = useFirstLoad(stats, groups);
  const rate = topics.data && sumOfKnown(topics.data.data.map((topic) => topic.rate));
  return (
    <>
      <PageHeader title="Operations" subtitle={stats.data ? subtitleOf(stats.data) : 'Loading …'} />
      {stats.isError && !stats.data && <ErrorState compact error={stats.error} onRetry={() => void stats.refetch()} title="The figures could not be loaded" />}
      <Tiles stats={stats.data} rate={rate} />
      <Plots />
      {isLoaded && (
        <Panel title="Consumer groups">
          <Loaded query={groups} height={180}>
            {({ data }) => <GroupsTable groups={data} />}
          </Loaded>
        </Panel>
      )}
      {/* Below what is always there: problems come and go. */}
      <Problems problems={stats.data?.problems ?? []} />
    </>
  );
}

function subtitleOf({ at, problems }: Stats): string {
  const time = `As of ${formatClockSeconds(at)}`;
  return problems.length === 0 ? time : `${time}; not everything is known, see below`;
}

function Tiles({ stats, rate }: { stats: Stats | undefined; rate: number | null | undefined }) {
  const isLoading = stats === undefined;
  const dead = stats?.dead_letters_waiting ?? 0;
  return (
    <div className={tiles.tiles}>
      <Tile label="Throughput" value={rateText(rate)} note="Records on all topics" isLoading={rate === undefined} to="/ops/topics" />
      <Tile label="Waiting" value={countText(stats?.lag)} note={lagText(stats)} tone={(stats?.lag_seconds ?? 0) > kLateSeconds ? 'warn' : undefined} isLoading={isLoading} to="/ops/groups" />
      <Tile label="Outbox" value={countText(stats?.outbox_depth)} note={outboxText(stats)} tone={(stats?.outbox_parked ?? 0) > 0 ? 'bad' : undefined} isLoading={isLoading} />
      <Tile label="Dead letters" value={countText(dead)} note={dead === 0 ? 'Nothing was set aside' : 'They wait for somebody'} tone={dead > 0 ? 'bad' : undefined} isLoading={isLoading} to="/ops/dead-letters" />
    </div>
  );
}

function lagText(stats: Stats | undefined): string {
  if (!stats || stats.lag === null) return 'Not known';
  if (stats.lag === 0) return 'Every group is up to date';
  return stats.lag_seconds === null ? 'Since when is not known' : `The oldest for ${durationText(stats.lag_seconds)}`;
}

function outboxText(stats: Stats | undefined): string {
  if (!stats) return '';
  if (stats.outbox_parked > 0) return `${plural(stats.outbox_parked, 'record')} refused by the broker`;
  return stats.outbox_oldest_seconds === null ? 'All is published' : `The oldest for ${durationText(stats.outbox_oldest_seconds)}`;
}

// At least so many points of time, that a plot does not begin as one wide block.
const kFewest = 30;

function padded(points: readonly Point[]): readonly Point[] {
  const first = points[0]?.at ?? Date.now();
  const missing = Math.max(0, kFewest - points.length);
  return [...Array.from({ length: missing }, (_, index) => ({ at: first - (missing - index) * 2000, value: undefined })), ...points];
}

function Plots() {
  const rates = padded(useStore(throughput.points));
  const lags = padded(useStore(waiting.points));
  return (
    <div className={tiles.plots}>
      <Plot
        title="Throughput, records a second"
        kind="area"
        labels={rates.map(({ at }) => formatClockSeconds(at))}
        series={[{ name: 'records a second', tone: 'good', values: rates.map(({ value }) => value) }]}
        format={formatDecimal}
        summary={`Throughput: ${rateText(rates.at(-1)?.value)} at last.`}
      />
      <Plot
        title="Latency, the oldest record that waits"
        kind="area"
        labels={lags.map(({ at }) => formatClockSeconds(at))}
        series={[{ name: 'waits for', tone: 'good', values: lags.map(({ value }) => value) }]}
        format={(value) => `${formatDecimal(value)} s`}
        formatExactly={durationText}
        summary={`The oldest record that waits: ${durationText(lags.at(-1)?.value)} at last.`}
      />
    </div>
  );
}
