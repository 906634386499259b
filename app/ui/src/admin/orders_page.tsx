import { Button, Group, Select, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconArrowUp, IconFilterOff, IconPackages, IconSearch } from '@tabler/icons-react';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { memo, useCallback, useDeferredValue, useMemo, useRef, useState } from 'react';
import { Link, Outlet, useSearchParams } from 'react-router';

import type { Order, OrderStatus } from '../api/types';
import { LiveTime } from '../components/live_time';
import { OrderStatusBadge } from '../components/order_status';
import { EmptyState, ErrorState } from '../components/states';
import type { OrderFilter } from '../data/order_cache';
import { kAllStatuses, kStatusLabels } from '../data/order_rules';
import { ordersQuery, rowsOf } from '../data/orders';
import { formatMoney, plural } from '../lib/format';
import { usePageTitle } from '../lib/use_page_title';
import { NextStatusCell } from './order_actions';
import classes from './orders_page.module.css';
import { PageHeader } from './page_header';
import { useLiveList } from './use_live_list';
import type { Column } from './virtual_table';
import { VirtualTable } from './virtual_table';

const kRowHeight = 58;

export default function OrdersPage() {
  usePageTitle('Orders');
  const { filter, params, change, clear } = useOrderFilter();
  const query = useInfiniteQuery(ordersQuery(filter));
  const rows = useMemo(() => rowsOf(query.data), [query.data]);
  // Rows are drawn piece by piece, between what somebody does.
  const shown = useDeferredValue(rows);
  const isFiltered = Object.values(filter).some(Boolean);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  return (
    <>
      <PageHeader title="Orders" subtitle={query.data ? `${plural(rows.length, 'order')} loaded${query.hasNextPage ? ', more below' : ''}` : 'Loading …'} />
      <Filters params={params} onChange={change} onClear={clear} isFiltered={isFiltered} />
      {query.isError && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Stack gap={6} aria-hidden>
          {Array.from({ length: 10 }, (_, index) => (
            <Skeleton key={index} h={kRowHeight - 6} />
          ))}
        </Stack>
      ) : rows.length === 0 ? (
        <NoOrders isFiltered={isFiltered} onClear={clear} />
      ) : (
        <OrdersTable
          rows={shown}
          filter={filter}
          isFetchingMore={query.isFetchingNextPage}
          onEnd={onEnd}
        />
      )}
      <Outlet />
    </>
  );
}

// Plain elements: of this table's cells many are drawn again with every burst of events.
const kColumns: ReadonlyArray<Column<Order>> = [
  {
    key: 'order',
    header: 'Order',
    width: 'minmax(104px, 1fr)',
    render: (order) => (
      <>
        <OrderLink order={order} />
        <span className={classes.second}>
          <LiveTime time={order.created_at} />
          <span className={`${classes.narrow} tabular`}> · {formatMoney(order.total)}</span>
        </span>
      </>
    ),
  },
  {
    key: 'customer',
    header: 'Customer',
    width: 'minmax(150px, 1.4fr)',
    hideWhenNarrow: true,
    render: (order) => (
      <>
        <span className={classes.first}>{order.customer?.name ?? '…'}</span>
        <span className={classes.second}>{order.customer?.email ?? ' '}</span>
      </>
    ),
  },
  {
    key: 'items',
    header: 'Items',
    width: 'minmax(140px, 1.8fr)',
    hideWhenNarrow: true,
    render: (order) => (
      <span className={classes.first} title={itemNames(order)}>
        {itemNames(order)}
      </span>
    ),
  },
  {
    key: 'total',
    header: 'Total',
    width: 'minmax(84px, 104px)',
    align: 'end',
    hideWhenNarrow: true,
    render: (order) => <span className="tabular">{formatMoney(order.total)}</span>,
  },
  { key: 'status', header: 'Status', width: '124px', render: (order) => <OrderStatusBadge order={order} /> },
  { key: 'action', header: 'Next step', width: '150px', hideWhenNarrow: true, render: (order) => <NextStatusCell order={order} /> },
];

function OrderLink({ order }: { order: Order }) {
  const [params] = useSearchParams();
  const search = params.toString();
  return (
    <Link to={`/admin/orders/${order.id}${search ? `?${search}` : ''}`} className={classes.link} preventScrollReset>
      {order.order_number}
    </Link>
  );
}

function itemNames(order: Order): string {
  return order.items.map(({ name, quantity }) => (quantity > 1 ? `${quantity} × ${name}` : name)).join(', ');
}

const idOf = (order: Order) => order.id;

type TableProps = { rows: Order[]; filter: OrderFilter; isFetchingMore: boolean; onEnd: () => void };

const OrdersTable = memo(function OrdersTable({ rows, filter, isFetchingMore, onEnd }: TableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const client = useQueryClient();
  const { newAbove, onScrolled, toTop } = useLiveList({ client, filter, rows, rowHeight: kRowHeight, scroller });
  return (
    <div className={classes.table}>
      {newAbove > 0 && (
        <Button className={classes.pill} size="compact-sm" radius="xl" leftSection={<IconArrowUp size={15} />} onClick={toTop}>
          {plural(newAbove, 'new order')}
        </Button>
      )}
      <VirtualTable
        label="Orders"
        columns={kColumns}
        rows={rows}
        rowKey={idOf}
        rowHeight={kRowHeight}
        scroller={scroller}
        onScrolled={onScrolled}
        onEnd={onEnd}
        footer={
          isFetchingMore && (
            <Text ta="center" c="dimmed" size="sm" p="sm">
              Loading more …
            </Text>
          )
        }
      />
    </div>
  );
});

type FilterParams = { status: string; q: string; from: string; to: string };

// The filter is in the address: it survives a reload, and can be sent to a colleague.
function useOrderFilter() {
  const [search, setSearch] = useSearchParams();
  const params: FilterParams = {
    status: search.get('status') ?? '',
    q: search.get('q') ?? '',
    from: search.get('from') ?? '',
    to: search.get('to') ?? '',
  };
  const [q] = useDebouncedValue(params.q.trim(), 250);
  const { status, from, to } = params;
  const filter = useMemo<OrderFilter>(() => {
    const found: OrderFilter = {};
    if (kAllStatuses.includes(status as OrderStatus)) found.status = status as OrderStatus;
    if (q) found.q = q;
    const start = dayStart(from);
    const end = dayStart(to, 1);
    if (start) found.from = start;
    if (end) found.to = end;
    return found;
  }, [status, q, from, to]);
  const change = (name: keyof FilterParams, value: string) =>
    setSearch(
      (known) => {
        const next = new URLSearchParams(known);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return { filter, params, change, clear: () => setSearch({}, { replace: true }) };
}

// Midnight here, as a time of the API; `plusDays` for the end of the day.
function dayStart(day: string, plusDays = 0): string | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day);
  if (!match) return undefined;
  return new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + plusDays).toISOString();
}

type FiltersProps = {
  params: FilterParams;
  onChange: (name: keyof FilterParams, value: string) => void;
  onClear: () => void;
  isFiltered: boolean;
};

function Filters({ params, onChange, onClear, isFiltered }: FiltersProps) {
  const [text, setText] = useState(params.q);
  const [known, setKnown] = useState(params.q);
  // The address follows what is typed, and is behind it for a moment; only clearing comes from there.
  if (known !== params.q) {
    setKnown(params.q);
    if (params.q === '') setText('');
  }
  return (
    <Group gap="xs" mb="md" align="end" className={classes.filters}>
      <TextInput
        type="search"
        aria-label="Search by order number or e-mail"
        placeholder="Order number or e-mail"
        leftSection={<IconSearch size={16} />}
        value={text}
        className={classes.search}
        onChange={(event) => {
          setText(event.currentTarget.value);
          onChange('q', event.currentTarget.value);
        }}
      />
      <Select
        aria-label="Status"
        placeholder="Any status"
        clearable
        value={params.status || null}
        onChange={(value) => onChange('status', value ?? '')}
        data={kAllStatuses.map((value) => ({ value, label: kStatusLabels[value] }))}
        className={classes.status}
        clearButtonProps={{ 'aria-label': 'Any status' }}
      />
      <TextInput type="date" aria-label="Placed from" leftSection="From" leftSectionWidth={52} value={params.from} onChange={(event) => onChange('from', event.currentTarget.value)} />
      <TextInput type="date" aria-label="Placed until" leftSection="Until" leftSectionWidth={52} value={params.to} onChange={(event) => onChange('to', event.currentTarget.value)} />
      {isFiltered && (
        <Button variant="subtle" color="gray" c="dimmed" leftSection={<IconFilterOff size={16} />} onClick={onClear}>
          Clear
        </Button>
      )}
    </Group>
  );
}

function NoOrders({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  return (
    <EmptyState
      icon={<IconPackages size={28} stroke={1.6} />}
      title={isFiltered ? 'No order matches' : 'No orders yet'}
      action={
        isFiltered && (
          <Button variant="default" onClick={onClear}>
            Clear the filter
          </Button>
        )
      }
    >
      {isFiltered ? 'Try a wider filter.' : 'New orders appear here the moment they are placed.'}
    </EmptyState>
  );
}
