import { Button, Chip, Group, Skeleton, TextInput, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconMoodEmpty, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';

import type { Product } from '../api/types';
import { ProductArt } from '../components/product_art';
import { EmptyState, ErrorState } from '../components/states';
import { productsQuery } from '../data/products';
import { plural } from '../lib/format';
import { usePageTitle } from '../lib/use_page_title';
import { ProductCard } from './product_card';
import classes from './products_page.module.css';

const kEverything = '';

export function ProductsPage() {
  usePageTitle('');
  const [params, setParams] = useSearchParams();
  const [text, setText] = useState(params.get('q') ?? '');
  const [q] = useDebouncedValue(text.trim(), 250);
  const [category, setCategory] = useState(kEverything);
  const query = useInfiniteQuery({ ...productsQuery(q), placeholderData: keepPreviousData });
  // A long list is drawn piece by piece, between what somebody does.
  const data = useDeferredValue(query.data);
  const products = useMemo(() => data?.pages.flatMap((page) => page.data) ?? [], [data]);
  const categories = useMemo(() => [...new Set(products.map((each) => each.category).filter(Boolean))].sort(), [products]);
  const chosen = categories.includes(category) ? category : kEverything;
  const shown = chosen === kEverything ? products : products.filter((each) => each.category === chosen);

  const search = (value: string) => {
    setText(value);
    setParams(value.trim() === '' ? {} : { q: value.trim() }, { replace: true, preventScrollReset: true });
  };

  return (
    <>
      <Hero />
      <section aria-labelledby="products">
        <Group justify="space-between" align="end" className={classes.tools}>
          <div>
            <Title order={2} id="products" size="h3">
              All products
            </Title>
            <p className={classes.count} role="status">
              {data === undefined ? 'Loading …' : plural(shown.length, 'product')}
            </p>
          </div>
          <TextInput
            type="search"
            aria-label="Search products"
            placeholder="Search products"
            leftSection={<IconSearch size={17} />}
            value={text}
            onChange={(event) => search(event.currentTarget.value)}
            className={classes.search}
            size="md"
          />
        </Group>
        <Chip.Group value={chosen} onChange={(value) => setCategory(value)}>
          <Group gap={8} className={classes.chips} role="group" aria-label="Category">
            {['', ...categories].map((each) => (
              <Chip key={each} value={each} variant="outline" size="sm">
                {each === '' ? 'Everything' : each}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        {query.isError && data === undefined ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : data === undefined ? (
          <ProductGridSkeleton />
        ) : shown.length === 0 ? (
          <NothingFound q={q} onClear={() => search('')} />
        ) : (
          <ProductGrid products={shown} isStale={query.isPlaceholderData} />
        )}
        {query.hasNextPage && (
          <Group justify="center" mt="xl">
            <Button variant="default" size="md" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              Show more
            </Button>
          </Group>
        )}
      </section>
    </>
  );
}

function Hero() {
  return (
    <div className={classes.hero}>
      <div className={classes.words}>
        <h1 className="serif">
          Good things
          <br />
          for the table.
        </h1>
        <p>Glass, coffee and what belongs to them. What you see in stock is in stock, this very second.</p>
      </div>
      <div className={classes.still} aria-hidden>
        <ProductArt name="Glass carafe" sku="a" />
        <ProductArt name="Cup" sku="cup" />
        <ProductArt name="Pour-over dripper" sku="pour" />
      </div>
    </div>
  );
}

function ProductGrid({ products, isStale }: { products: Product[]; isStale: boolean }) {
  return (
    <ul className={classes.grid} data-stale={isStale || undefined}>
      {products.map((product) => (
        <li key={product.id}>
          <ProductCard product={product} />
        </li>
      ))}
    </ul>
  );
}

function ProductGridSkeleton() {
  return (
    <div className={classes.grid} aria-hidden>
      {Array.from({ length: 8 }, (_, index) => (
        <Skeleton key={index} radius="lg" className={classes.skeleton} />
      ))}
    </div>
  );
}

function NothingFound({ q, onClear }: { q: string; onClear: () => void }) {
  return (
    <EmptyState
      icon={<IconMoodEmpty size={28} stroke={1.6} />}
      title={q === '' ? 'There is nothing here yet' : `Nothing matches “${q}”`}
      action={
        q !== '' && (
          <Button variant="default" onClick={onClear}>
            Show everything
          </Button>
        )
      }
    >
      {q === '' ? 'Products will appear here as soon as there are some.' : 'Try another word, or a part of it.'}
    </EmptyState>
  );
}
