import { Anchor, Group, Skeleton, Text, Title } from '@mantine/core';
import { IconChecks, IconPackages } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { Link } from 'react-router';

import { LiveTime } from '../components/live_time';
import { OrderStatusBadge } from '../components/order_status';
import { EmptyState, ErrorState } from '../components/states';
import type { Figures } from '../data/dashboard';
import { dashboard, kMinutes } from '../data/dashboard';
import { inventoryQuery } from '../data/inventory';
import { ordersQuery, rowsOf } from '../data/orders';
import { kLowStock, stockLevels } from '../data/stock';
import { formatClock, formatCount, formatDecimal, formatMoney, formatMoneyShort, formatPercent } from '../lib/format';
import { useStore } from '../lib/store';
import { usePageTitle } from '../lib/use_page_title';
import classes from './dashboard_page.module.css';
import { PageHeader } from './page_header';
import { Plot } from './plot';
import { Tile } from './tile';

const kTick = 5000;
// The figure "per minute" is that of the last minutes, so that it does not jump with each order.
const kAverageOver = 5;
const kLatest = 8;

export default function DashboardPage() {
  usePageTitle('Dashboard');
  const figures = useStore(dashboard.figures);
  useEffect(() => {
    void dashboard.load();
    const timer = setInterval(() => dashboard.publish(), kTick);
    return () => clearInterval(timer);
  }, []);
  const { minutes, currency } = figures;
  const placed = sum(minutes.map((minute) => minute.placed));
  const rejected = sum(minutes.map((minute) => minute.rejected));
  const revenue = sum(minutes.map((minute) => minute.revenue));
  const lately = minutes.slice(-1 - kAverageOver, -1);
  const isLoading = figures.isLoading;
  return (
    <>
      <PageHeader title="Dashboard" subtitle={subtitleFor(figures.since)} />
      {figures.error !== undefined && <ErrorState compact error={figures.error} onRetry={() => void dashboard.load()} title="The figures could not be loaded" />}
      <div className={classes.tiles}>
        <Tile label="Orders per minute" value={formatDecimal(sum(lately.map((minute) => minute.placed)) / kAverageOver)} note={`${formatCount(placed)} in ${kMinutes} minutes`} trend={minutes.map((minute) => minute.placed)} isLoading={isLoading} />
        <Tile label="Revenue" value={formatMoneyShort({ amount_minor: revenue, currency })} note={formatMoney({ amount_minor: revenue, currency })} trend={minutes.map((minute) => minute.revenue)} isLoading={isLoading} />
        <Tile label="Rejected" value={placed === 0 ? '–' : formatPercent(rejected / placed)} note={`${formatCount(rejected)} of ${formatCount(placed)} orders`} trend={minutes.map((minute) => minute.rejected)} tone={rejected > 0 ? 'bad' : undefined} isLoading={isLoading} />
        <LowStockTile />
      </div>
      <Plots figures={figures} />
      <div className={classes.lists}>
        <LatestOrders />
        <RunningLow />
      </div>
    </>
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

function subtitleFor(since: number): string {
  const start = Date.now() - kMinutes * 60_000;
  return since > start + 120_000 ? `Live, since ${formatClock(since)}` : `Live, the last ${kMinutes} minutes`;
}

function Plots({ figures: { minutes, currency } }: { figures: Figures }) {
  const labels = minutes.map(({ at }) => formatClock(at));
  const money = (amount: number) => ({ amount_minor: Math.round(amount), currency });
  const placed = sum(minutes.map((minute) => minute.placed));
  const rejected = sum(minutes.map((minute) => minute.rejected));
  const revenue = minutes.map((minute) => minute.revenue);
  return (
    <div className={classes.plots}>
      <Plot
        title="Orders by minute"
        kind="bars"
        labels={labels}
        series={[
          { name: 'accepted', tone: 'good', values: minutes.map((minute) => minute.placed - minute.rejected) },
          { name: 'rejected', tone: 'bad', values: minutes.map((minute) => minute.rejected) },
        ]}
        format={formatCount}
        summary={`Orders by minute: ${formatCount(placed)} in ${kMinutes} minutes, ${formatCount(rejected)} of them rejected.`}
      />
      <Plot
        title="Revenue by minute"
        kind="area"
        labels={labels}
        series={[{ name: 'revenue', tone: 'good', values: revenue }]}
        format={(amount) => formatMoneyShort(money(amount))}
        formatExactly={(amount) => formatMoney(money(amount))}
        summary={`Revenue by minute: ${formatMoney(money(sum(revenue)))} in ${kMinutes} minutes.`}
      />
    </div>
  );
}

function useLowStock() {
  const query = useInfiniteQuery(inventoryQuery(''));
  const levels = useStore(stockLevels);
  const low = useMemo(
    () =>
      (query.data?.pages.flatMap((page) => page.data) ?? [])
        .map((level) => ({ ...level, quantity: levels.get(level.product_id)?.stock ?? level.quantity }))
        .filter(({ quantity }) => quantity < kLowStock)
        .sort((a, b) => a.quantity - b.quantity),
    [query.data, levels],
  );
  return { query, low };
}

function LowStockTile() {
  const { query, low } = useLowStock();
  const out = low.filter(({ quantity }) => quantity === 0).length;
  return (
    <Tile
      label="Running low"
      value={formatCount(low.length)}
      note={out === 0 ? `Fewer than ${kLowStock} left` : `${formatCount(out)} sold out`}
      tone={low.length > 0 ? 'warn' : undefined}
      isLoading={query.isPending}
      to="/admin/inventory?low=1"
    />
  );
}

function LatestOrders() {
  const query = useInfiniteQuery(ordersQuery({}));
  const latest = rowsOf(query.data).slice(0, kLatest);
  return (
    <section className={`surface ${classes.list}`} aria-labelledby="latest">
      <ListHeader id="latest" title="Latest orders" to="/admin/orders" />
      {query.isPending ? (
        <Skeleton m="md" h={320} w="auto" aria-hidden />
      ) : query.isError && !query.data ? (
        <ErrorState compact error={query.error} onRetry={() => void query.refetch()} />
      ) : latest.length === 0 ? (
        <EmptyState compact icon={<IconPackages size={26} stroke={1.6} />} title="No orders yet">
          They appear here the moment they are placed.
        </EmptyState>
      ) : (
        <ul className={`${classes.rows} ${classes.orders}`}>
          {latest.map((order) => (
            <li key={order.id}>
              <Link to={`/admin/orders/${order.id}`} className={classes.row}>
                <span className={classes.what}>
                  <span className={classes.name}>{order.order_number}</span>
                  <Text component="span" size="xs" c="dimmed">
                    <LiveTime time={order.created_at} />
                  </Text>
                </span>
                <span className={`${classes.sum} tabular`}>{formatMoney(order.total)}</span>
                <span className={classes.status}>
                  <OrderStatusBadge order={order} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function RunningLow() {
  const { query, low } = useLowStock();
  return (
    <section className={`surface ${classes.list}`} aria-labelledby="low">
      <ListHeader id="low" title="Running low" to="/admin/inventory?low=1" />
      {query.isPending ? (
        <Skeleton m="md" h={320} w="auto" aria-hidden />
      ) : query.isError && !query.data ? (
        <ErrorState compact error={query.error} onRetry={() => void query.refetch()} />
      ) : low.length === 0 ? (
        <EmptyState compact icon={<IconChecks size={26} stroke={1.6} />} title="Nothing is running low">
          There are at least {kLowStock} of everything.
        </EmptyState>
      ) : (
        <ul className={classes.rows}>
          {low.slice(0, kLatest).map((level) => (
            <li key={level.product_id}>
              <Link to={`/admin/inventory?product=${level.product_id}`} className={classes.row}>
                <span className={classes.what}>
                  <span className={classes.name}>{level.name}</span>
                  <Text component="span" size="xs" c="dimmed">
                    {level.sku}
                  </Text>
                </span>
                <span className={classes.left} data-none={level.quantity === 0 || undefined}>
                  {level.quantity === 0 ? 'Sold out' : `${formatCount(level.quantity)} left`}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function ListHeader({ id, title, to }: { id: string; title: string; to: string }) {
  return (
    <Group justify="space-between" px="lg" pt="md" pb={6}>
      <Title order={2} size="h5" id={id}>
        {title}
      </Title>
      <Anchor component={Link} to={to} size="sm" aria-label={`${title}: see all`}>
        See all
      </Anchor>
    </Group>
  );
}
