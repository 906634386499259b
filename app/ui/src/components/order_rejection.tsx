import { Alert, Text } from '@mantine/core';
import { IconCircleX } from '@tabler/icons-react';
import type { ReactNode } from 'react';

import type { Order } from '../api/types';
import { formatCount } from '../lib/format';
import classes from './order_rejection.module.css';

// Why an order was rejected, line by line.
export function OrderRejection({ order, action }: { order: Order; action?: ReactNode }) {
  if (!order.rejection) return null;
  const shortages = order.rejection.items ?? [];
  const nameOf = (productId: string) => order.items.find((item) => item.product_id === productId)?.name ?? 'A product';
  return (
    <Alert color="red" variant="light" icon={<IconCircleX size={22} />} title={shortages.length > 0 ? 'There was not enough in stock' : 'This order could not be processed'} data-testid="rejection">
      <Text size="sm" mb={shortages.length > 0 ? 'sm' : 0}>
        {shortages.length > 0
          ? 'An order is filled completely or not at all. Nothing was reserved and nothing will be charged.'
          : 'Something about it could not be handled. Nothing was reserved and nothing will be charged.'}
      </Text>
      {shortages.length > 0 && (
        <ul className={classes.lines}>
          {shortages.map(({ product_id, requested, available }) => (
            <li key={product_id}>
              <strong>{nameOf(product_id)}</strong>: {formatCount(requested)} ordered,{' '}
              {available === 0 ? 'none was left' : `only ${formatCount(available)} ${available === 1 ? 'was' : 'were'} left`}
            </li>
          ))}
        </ul>
      )}
      {action}
    </Alert>
  );
}
