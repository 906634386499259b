import { Button, Group, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconBoxOff, IconPlus, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { Link } from 'react-router';

import type { Product } from '../api/types';
import { LiveTime } from '../components/live_time';
import { ProductArt } from '../components/product_art';
import { EmptyState, ErrorState } from '../components/states';
import { StockLabel } from '../components/stock_label';
import { productsQuery } from '../data/products';
import { formatMoney, plural } from '../lib/format';
import { usePageTitle } from '../lib/use_page_title';
import { PageHeader } from './page_header';
import classes from './products_page.module.css';
import type { Column } from './virtual_table';
import { VirtualTable } from './virtual_table';

const kRowHeight = 68;
const idOf = ({ id }: Product) => id;

const kColumns: ReadonlyArray<Column<Product>> = [
  {
    key: 'product',
    header: 'Product',
    width: 'minmax(200px, 2.4fr)',
    render: (product) => (
      <Group gap="sm" wrap="nowrap">
        <span className={classes.thumb}>
          <ProductArt name={product.name} category={product.category} sku={product.sku} size="thumb" />
        </span>
        <span className={classes.what}>
          <Link to={`/admin/products/${product.id}`} className={classes.link}>
            {product.name}
          </Link>
          <Text component="span" display="block" size="xs" c="dimmed" truncate>
            {product.sku}
          </Text>
        </span>
      </Group>
    ),
  },
  { key: 'category', header: 'Category', width: 'minmax(110px, 1fr)', hideWhenNarrow: true, render: ({ category }) => <span className={classes.category}>{category || '–'}</span> },
  { key: 'stock', header: 'Stock', width: '120px', render: ({ id, stock }) => <StockLabel productId={id} stock={stock} /> },
  { key: 'price', header: 'Price', width: '100px', align: 'end', render: ({ price }) => <span className="tabular">{formatMoney(price)}</span> },
  { key: 'updated', header: 'Changed', width: '130px', hideWhenNarrow: true, render: ({ updated_at }) => <LiveTime time={updated_at} /> },
];

export default function ProductsPage() {
  usePageTitle('Products');
  const scroller = useRef<HTMLDivElement>(null);
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.trim(), 250);
  const query = useInfiniteQuery({ ...productsQuery(q), placeholderData: keepPreviousData });
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.data) ?? [], [query.data]);
  return (
    <>
      <PageHeader title="Products" subtitle={query.data ? plural(rows.length, 'product') : 'Loading …'}>
        <Button component={Link} to="/admin/products/new" leftSection={<IconPlus size={17} />}>
          New product
        </Button>
      </PageHeader>
      <TextInput
        type="search"
        aria-label="Search products"
        placeholder="Name or article number"
        leftSection={<IconSearch size={16} />}
        maw={320}
        mb="md"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {query.isError && !query.data ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Stack gap={6} aria-hidden>
          {Array.from({ length: 8 }, (_, index) => (
            <Skeleton key={index} h={kRowHeight - 6} />
          ))}
        </Stack>
      ) : rows.length === 0 ? (
        <EmptyState icon={<IconBoxOff size={28} stroke={1.6} />} title={q ? `Nothing matches “${q}”` : 'No products yet'} />
      ) : (
        <VirtualTable
          label="Products"
          columns={kColumns}
          rows={rows}
          rowKey={idOf}
          rowHeight={kRowHeight}
          scroller={scroller}
          onEnd={() => query.hasNextPage && !query.isFetchingNextPage && void query.fetchNextPage()}
        />
      )}
    </>
  );
}
