import { ActionIcon, Alert, Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconArrowRight, IconBasketOff, IconShieldLock, IconTrash } from '@tabler/icons-react';
import { Link } from 'react-router';

import { ProductArt } from '../components/product_art';
import { QuantityStepper } from '../components/quantity_stepper';
import { EmptyState, ErrorState } from '../components/states';
import { StockLabel } from '../components/stock_label';
import { setQuantity, useCart } from '../data/cart';
import { formatCount, formatMoney, times } from '../lib/format';
import { usePageTitle } from '../lib/use_page_title';
import { useSession } from '../session/session';
import { kAdminsCannotOrder } from './add_to_cart';
import classes from './cart_page.module.css';
import type { FilledLine } from './use_cart_products';
import { isShort, useCartProducts } from './use_cart_products';

export default function CartPage() {
  usePageTitle('Cart');
  const isEmpty = useCart().length === 0;
  return (
    <>
      <h1 className={`serif ${classes.title}`}>Your cart</h1>
      {isEmpty ? <EmptyCart /> : <FilledCart />}
    </>
  );
}

function FilledCart() {
  const { lines, total, isLoading, error, retry } = useCartProducts();
  const { isAdmin } = useSession();
  const obstacle = lines.some(isShort)
    ? 'There is less in stock than you want of something. Change the quantity to go on.'
    : lines.some(({ isGone }) => isGone)
      ? 'Something in your cart is not sold any more. Take it out to go on.'
      : undefined;
  if (error && !isLoading) return <ErrorState error={error} onRetry={retry} />;
  return (
    <div className={classes.page}>
      <ul className={classes.lines}>
        {lines.map((line) => (
          <Line key={line.productId} line={line} />
        ))}
      </ul>
      <aside className={`surface ${classes.summary}`} aria-label="Summary">
        <Title order={2} size="h4" mb="md">
          Summary
        </Title>
        <Group justify="space-between" mb={6}>
          <Text c="dimmed">Delivery</Text>
          <Text>Free</Text>
        </Group>
        <Group justify="space-between" className={classes.total}>
          <span>Total</span>
          <span data-testid="total">{total ? formatMoney(total) : isLoading ? '…' : '–'}</span>
        </Group>
        {isAdmin ? (
          <Alert icon={<IconShieldLock size={20} />} color="blue" variant="light">
            {kAdminsCannotOrder}
          </Alert>
        ) : (
          <>
            <Button
              component={Link}
              to="/checkout"
              size="md"
              fullWidth
              rightSection={<IconArrowRight size={18} />}
              data-disabled={obstacle ? true : undefined}
              aria-disabled={obstacle ? true : undefined}
              onClick={(event) => obstacle && event.preventDefault()}
            >
              Check out
            </Button>
            <p className={classes.obstacle} role="status">
              {obstacle ?? 'Nothing is reserved before you order.'}
            </p>
          </>
        )}
      </aside>
    </div>
  );
}

function Line({ line }: { line: FilledLine }) {
  const { product, quantity, productId, isGone, stock } = line;
  if (!product && !isGone) {
    return (
      <li className={classes.line}>
        <Skeleton h={56} w="100%" />
      </li>
    );
  }
  const remove = () => setQuantity(productId, 0);
  return (
    <li className={classes.line} data-testid="cart-line">
      <ProductArt name={product?.name ?? ''} category={product?.category} sku={product?.sku} size="thumb" />
      <div className={classes.what}>
        {product ? (
          <>
            <Link to={`/products/${productId}`} className={classes.name}>
              {product.name}
            </Link>
            {isShort(line) ? (
              <Group gap={8}>
                <Text size="sm" fw={600} c="var(--mantine-color-error)">
                  {stock === 0 ? 'Sold out' : `Only ${formatCount(stock ?? 0)} left`}
                </Text>
                <Button size="compact-xs" variant="default" onClick={() => setQuantity(productId, stock ?? 0)}>
                  {stock === 0 ? 'Take it out' : `Take ${formatCount(stock ?? 0)}`}
                </Button>
              </Group>
            ) : (
              <StockLabel productId={productId} stock={product.stock} />
            )}
          </>
        ) : (
          <Text fw={600}>Not sold any more</Text>
        )}
      </div>
      {product && (
        <div className={classes.quantity}>
          <QuantityStepper value={quantity} onChange={(next) => setQuantity(productId, next)} label={`Quantity of ${product.name}`} />
        </div>
      )}
      <span className={classes.amount}>{product ? formatMoney(times(product.price, quantity)) : ''}</span>
      <ActionIcon variant="subtle" color="gray" c="dimmed" size="lg" aria-label={`Remove ${product?.name ?? 'this'}`} onClick={remove}>
        <IconTrash size={18} stroke={1.7} />
      </ActionIcon>
    </li>
  );
}

function EmptyCart() {
  return (
    <Stack>
      <EmptyState
        icon={<IconBasketOff size={28} stroke={1.6} />}
        title="Your cart is empty"
        action={
          <Button component={Link} to="/">
            See what there is
          </Button>
        }
      >
        What you put into it stays here until you order, in this browser.
      </EmptyState>
    </Stack>
  );
}
