import { Badge, Button, Group, Skeleton, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconAlertTriangle, IconChecks, IconSearch, IconStack2 } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { useSearchParams } from 'react-router';

import type { InventoryLevel } from '../api/types';
import { LiveTime } from '../components/live_time';
import { EmptyState, ErrorState } from '../components/states';
import { inventoryQuery } from '../data/inventory';
import { usePendingAdjustment } from '../data/pending_changes';
import { kLowStock, stockLevels, useStock } from '../data/stock';
import { formatCount, plural } from '../lib/format';
import { useStore } from '../lib/store';
import { usePageTitle } from '../lib/use_page_title';
import { AdjustModal } from './adjust_modal';
import classes from './inventory_page.module.css';
import { PageHeader } from './page_header';
import type { Column } from './virtual_table';
import { VirtualTable } from './virtual_table';

const kRowHeight = 58;
const productIdOf = (level: InventoryLevel) => level.product_id;

export default function InventoryPage() {
  usePageTitle('Inventory');
  const scroller = useRef<HTMLDivElement>(null);
  const [params, setParams] = useSearchParams();
  const [text, setText] = useState('');
  const [adjusting, setAdjusting] = useState<InventoryLevel>();
  const [q] = useDebouncedValue(text.trim(), 250);
  const query = useInfiniteQuery({ ...inventoryQuery(q), placeholderData: keepPreviousData });
  const all = useMemo(() => query.data?.pages.flatMap((page) => page.data) ?? [], [query.data]);
  const levels = useStore(stockLevels);
  const low = useMemo(() => all.filter((level) => (levels.get(level.product_id)?.stock ?? level.quantity) < kLowStock), [all, levels]);
  const onlyLow = params.get('low') === '1';
  const product = params.get('product');
  const rows = product ? all.filter((level) => level.product_id === product) : onlyLow ? low : all;
  const columns = useMemo(() => columnsWith(setAdjusting), []);
  return (
    <>
      <PageHeader title="Inventory" subtitle={query.data ? `${plural(all.length, 'product')}, ${low.length === 0 ? 'none' : formatCount(low.length)} running low` : 'Loading …'} />
      <Group mb="md" gap="lg">
        <TextInput
          type="search"
          aria-label="Search inventory"
          placeholder="Name or article number"
          leftSection={<IconSearch size={16} />}
          w={280}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Switch
          label="Only what is running low"
          checked={onlyLow}
          onChange={(event) => setParams(event.currentTarget.checked ? { low: '1' } : {}, { replace: true })}
        />
        {product && (
          <Button size="xs" variant="default" onClick={() => setParams({}, { replace: true })}>
            Show all products
          </Button>
        )}
      </Group>
      {query.isError && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Stack gap={6} aria-hidden>
          {Array.from({ length: 8 }, (_, index) => (
            <Skeleton key={index} h={kRowHeight - 6} />
          ))}
        </Stack>
      ) : rows.length === 0 ? (
        <EmptyState icon={onlyLow ? <IconChecks size={28} stroke={1.6} /> : <IconStack2 size={28} stroke={1.6} />} title={onlyLow ? 'Nothing is running low' : 'Nothing here'} />
      ) : (
        <VirtualTable
          label="Inventory"
          columns={columns}
          rows={rows}
          rowKey={productIdOf}
          rowHeight={kRowHeight}
          scroller={scroller}
          onEnd={() => query.hasNextPage && !query.isFetchingNextPage && void query.fetchNextPage()}
        />
      )}
      {adjusting && <AdjustModal level={adjusting} onClose={() => setAdjusting(undefined)} />}
    </>
  );
}

function columnsWith(adjust: (level: InventoryLevel) => void): ReadonlyArray<Column<InventoryLevel>> {
  return [
    {
      key: 'product',
      header: 'Product',
      width: 'minmax(140px, 2fr)',
      render: (level) => (
        <>
          <Text component="span" display="block" size="sm" fw={600} truncate>
            {level.name}
          </Text>
          <Text component="span" display="block" size="xs" c="dimmed" truncate>
            {level.sku}
          </Text>
        </>
      ),
    },
    { key: 'quantity', header: 'Available', width: '96px', align: 'end', render: (level) => <Quantity level={level} /> },
    { key: 'low', header: '', width: '92px', hideWhenNarrow: true, render: (level) => <LowBadge level={level} /> },
    {
      key: 'taken',
      header: 'In open orders',
      width: '120px',
      align: 'end',
      hideWhenNarrow: true,
      render: (level) => <span className="tabular">{formatCount(level.taken_by_open_orders)}</span>,
    },
    { key: 'updated', header: 'Changed', width: '130px', hideWhenNarrow: true, render: (level) => <LiveTime time={level.updated_at} /> },
    {
      key: 'adjust',
      header: 'Adjust',
      width: '90px',
      render: (level) => (
        <Button size="xs" variant="default" onClick={() => adjust(level)} aria-label={`Adjust the stock of ${level.name}`}>
          Adjust
        </Button>
      ),
    },
  ];
}

function Quantity({ level }: { level: InventoryLevel }) {
  const stock = useStock(level.product_id, level.quantity);
  const pending = usePendingAdjustment(level.product_id);
  const shown = Math.max(0, stock + pending);
  return (
    <span key={shown} className={`tabular ${classes.quantity} flash`} data-low={shown < kLowStock || undefined} data-pending={pending !== 0 || undefined} data-testid="quantity">
      {formatCount(shown)}
    </span>
  );
}

function LowBadge({ level }: { level: InventoryLevel }) {
  const stock = useStock(level.product_id, level.quantity);
  if (stock >= kLowStock) return null;
  return (
    <Badge className={classes.low} data-none={stock === 0 || undefined} leftSection={<IconAlertTriangle size={12} />} tt="none" variant="transparent">
      {stock === 0 ? 'None' : 'Low'}
    </Badge>
  );
}
