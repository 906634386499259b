import { Alert, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconArrowLeft, IconPackageOff, IconPencil, IconShieldLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useParams } from 'react-router';

import { isStatus } from '../api/problem';
import type { Product } from '../api/types';
import { ProductArt } from '../components/product_art';
import { QuantityStepper } from '../components/quantity_stepper';
import { EmptyState, ErrorState } from '../components/states';
import { StockLabel } from '../components/stock_label';
import { useQuantityInCart } from '../data/cart';
import { productQuery } from '../data/products';
import { useStock } from '../data/stock';
import { formatMoney, plural } from '../lib/format';
import { usePageTitle } from '../lib/use_page_title';
import { useSession } from '../session/session';
import { AddToCart, kAdminsCannotOrder } from './add_to_cart';
import classes from './product_page.module.css';

export default function ProductPage() {
  const { id = '' } = useParams();
  const query = useQuery(productQuery(id));
  usePageTitle(query.data?.product.name ?? 'Product');
  return (
    <>
      <Button component={Link} to="/" variant="subtle" color="gray" c="dimmed" px="xs" ml={-10} mb="md" leftSection={<IconArrowLeft size={17} />}>
        All products
      </Button>
      {query.data ? (
        <Details product={query.data.product} />
      ) : query.isError ? (
        isStatus(query.error, 404) ? (
          <Gone />
        ) : (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        )
      ) : (
        <DetailsSkeleton />
      )}
    </>
  );
}

function Details({ product }: { product: Product }) {
  const { isAdmin } = useSession();
  const [quantity, setQuantity] = useState(1);
  const stock = useStock(product.id, product.stock);
  const inCart = useQuantityInCart(product.id);
  return (
    <div className={classes.page}>
      <div className={classes.picture}>
        <ProductArt name={product.name} category={product.category} sku={product.sku} />
      </div>
      <div>
        <p className={classes.category}>{product.category}</p>
        <h1 className={`serif ${classes.name}`}>{product.name}</h1>
        <Group gap="lg" mb="lg">
          <span className={classes.price}>{formatMoney(product.price)}</span>
          <StockLabel productId={product.id} stock={product.stock} announce />
        </Group>
        {product.description && <Text className={classes.description}>{product.description}</Text>}
        {isAdmin ? (
          <Alert icon={<IconShieldLock size={20} />} title="You are signed in as an administrator" color="blue" variant="light">
            <Stack align="start" gap="sm">
              {kAdminsCannotOrder}
              <Button component={Link} to={`/admin/products/${product.id}`} variant="default" size="sm" leftSection={<IconPencil size={16} />}>
                Edit this product
              </Button>
            </Stack>
          </Alert>
        ) : (
          <>
            <Group gap="sm">
              <QuantityStepper value={quantity} onChange={setQuantity} label="Quantity" disabled={stock === 0} />
              <AddToCart product={product} quantity={quantity} />
            </Group>
            <p className={classes.note} role="status">
              {noteFor(stock, quantity, inCart)}
            </p>
          </>
        )}
        <dl className={classes.facts}>
          <dt>Article</dt>
          <dd>{product.sku}</dd>
          <dt>Availability</dt>
          <dd>{stock === 0 ? 'None at the moment' : 'Reserved for you the moment your order is confirmed'}</dd>
          <dt>Cancelling</dt>
          <dd>Free of charge until it ships</dd>
        </dl>
      </div>
    </div>
  );
}

function noteFor(stock: number, quantity: number, inCart: number): string {
  if (stock === 0) return 'When there is some again, this page shows it at once.';
  if (quantity + inCart > stock) return `There ${stock === 1 ? 'is' : 'are'} only ${stock}, so an order of ${quantity + inCart} would be rejected.`;
  return inCart > 0 ? `${plural(inCart, 'piece')} in your cart.` : ' ';
}

function Gone() {
  return (
    <EmptyState
      icon={<IconPackageOff size={28} stroke={1.6} />}
      title="This product is not sold any more"
      level={1}
      action={
        <Button component={Link} to="/">
          See what there is
        </Button>
      }
    />
  );
}

function DetailsSkeleton() {
  return (
    <div className={classes.page} aria-hidden>
      <Skeleton className={classes.picture} radius={22} />
      <Stack gap="md">
        <Skeleton h={16} w={80} />
        <Skeleton h={52} w="70%" />
        <Skeleton h={28} w={180} />
        <Skeleton h={72} />
        <Skeleton h={42} w={280} />
      </Stack>
    </div>
  );
}
