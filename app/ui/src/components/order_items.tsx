import { Group, Text } from '@mantine/core';
import { Link } from 'react-router';

import type { Order } from '../api/types';
import { formatCount, formatMoney, times } from '../lib/format';
import classes from './order_items.module.css';
import { ProductArt } from './product_art';

export function OrderItems({ order, linkTo }: { order: Order; linkTo: (productId: string) => string }) {
  return (
    <>
      <ul className={classes.items}>
        {order.items.map((item) => (
          <li key={item.product_id}>
            <ProductArt name={item.name} sku={item.sku} size="thumb" />
            <div className={classes.what}>
              <Link to={linkTo(item.product_id)} className={classes.name}>
                {item.name}
              </Link>
              <Text size="sm" c="dimmed">
                {formatCount(item.quantity)} × {formatMoney(item.unit_price)}
              </Text>
            </div>
            <span className="tabular">{formatMoney(times(item.unit_price, item.quantity))}</span>
          </li>
        ))}
      </ul>
      <Group justify="space-between" className={classes.total}>
        <span>Total</span>
        <span>{formatMoney(order.total)}</span>
      </Group>
    </>
  );
}
