import { ActionIcon, Button } from '@mantine/core';
import { IconBasketPlus } from '@tabler/icons-react';
import { Link } from 'react-router';

import type { Product } from '../api/types';
import { toastInfo, toastSuccess } from '../components/toasts';
import { addToCart, useQuantityInCart } from '../data/cart';
import { useStock } from '../data/stock';
import { useSession } from '../session/session';

export const kAdminsCannotOrder = 'Administrators cannot place orders. Sign in with a customer account to buy something.';

// Why a product cannot be put into the cart now, if there is a reason.
export function useObstacle(product: Product): string | undefined {
  const { isAdmin } = useSession();
  const stock = useStock(product.id, product.stock);
  if (isAdmin) return kAdminsCannotOrder;
  return stock === 0 ? 'Sold out. This page changes by itself when there is some again.' : undefined;
}

type Props = { product: Product; quantity?: number; compact?: boolean };

export function AddToCart({ product, quantity = 1, compact = false }: Props) {
  const obstacle = useObstacle(product);
  const inCart = useQuantityInCart(product.id);
  const add = () => {
    addToCart(product.id, quantity);
    toastSuccess(
      'In your cart',
      <>
        {quantity > 1 ? `${quantity} × ` : ''}
        {product.name}. <Link to="/cart">Go to the cart</Link>
      </>,
    );
  };
  // Not `disabled`: a button that says why it does nothing must be reachable, by a key or a finger.
  const blocked = obstacle !== undefined;
  const common = {
    'data-disabled': blocked || undefined,
    'aria-disabled': blocked || undefined,
    onClick: blocked ? () => toastInfo('Not in your cart', obstacle) : add,
  };
  if (compact) {
    const label = obstacle ?? `Add ${product.name} to the cart`;
    const hint = obstacle ?? (inCart > 0 ? `Add another one (${inCart} in your cart)` : 'Add to the cart');
    return (
      <ActionIcon size={40} radius="xl" variant={inCart > 0 ? 'filled' : 'light'} title={hint} aria-label={label} {...common}>
        <IconBasketPlus size={19} stroke={1.8} />
      </ActionIcon>
    );
  }
  return (
    <Button size="md" leftSection={<IconBasketPlus size={19} />} {...common}>
      {obstacle && !obstacle.startsWith('Admin') ? 'Sold out' : 'Add to cart'}
    </Button>
  );
}
