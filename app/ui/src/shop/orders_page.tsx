import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconChevronRight, IconPackages } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'react-router';

import type { Order } from '../api/types';
import { LiveTime } from '../components/live_time';
import { OrderStatusBadge } from '../components/order_status';
import { ProductArt } from '../components/product_art';
import { EmptyState, ErrorState } from '../components/states';
import { countItems } from '../data/order_rules';
import { ordersQuery, rowsOf } from '../data/orders';
import { formatMoney, plural } from '../lib/format';
import { usePageTitle } from '../lib/use_page_title';
import classes from './orders_page.module.css';
import { RequireCustomer } from './require_customer';

export default function OrdersPage() {
  usePageTitle('My orders');
  return (
    <>
      <h1 className={`serif ${classes.title}`}>My orders</h1>
      <RequireCustomer what="see your orders">
        <Orders />
      </RequireCustomer>
    </>
  );
}

function Orders() {
  const query = useInfiniteQuery(ordersQuery({}, 20));
  const orders = useMemo(() => rowsOf(query.data), [query.data]);
  if (query.isPending) {
    return (
      <Stack gap="sm" aria-hidden>
        {Array.from({ length: 4 }, (_, index) => (
          <Skeleton key={index} h={104} radius="lg" />
        ))}
      </Stack>
    );
  }
  if (query.isError && query.data === undefined) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (orders.length === 0) {
    return (
      <EmptyState
        icon={<IconPackages size={28} stroke={1.6} />}
        title="No orders yet"
        action={
          <Button component={Link} to="/">
            See what there is
          </Button>
        }
      >
        What you order appears here, and changes as it happens.
      </EmptyState>
    );
  }
  return (
    <>
      <ul className={classes.list}>
        {orders.map((order) => (
          <li key={order.id}>
            <OrderCard order={order} />
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Group justify="center" mt="lg">
          <Button variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            Older orders
          </Button>
        </Group>
      )}
    </>
  );
}

const kThumbs = 3;

function OrderCard({ order }: { order: Order }) {
  const names = order.items.map(({ name, quantity }) => (quantity > 1 ? `${quantity} × ${name}` : name)).join(', ');
  return (
    <Link to={`/orders/${order.id}`} className={`surface ${classes.card}`} data-testid="order">
      <span className={classes.thumbs}>
        {order.items.slice(0, kThumbs).map((item) => (
          <ProductArt key={item.product_id} name={item.name} sku={item.sku} size="thumb" />
        ))}
      </span>
      <span className={classes.what}>
        <Text component="span" fw={600}>
          {order.order_number}
        </Text>
        <Text component="span" size="sm" c="dimmed" lineClamp={1}>
          {names}
        </Text>
        <Text component="span" size="sm" c="dimmed">
          <LiveTime time={order.created_at} /> · {plural(countItems(order), 'piece')}
        </Text>
      </span>
      <span className={classes.right}>
        <OrderStatusBadge order={order} />
        <Text component="span" fw={650} className="tabular">
          {formatMoney(order.total)}
        </Text>
      </span>
      <IconChevronRight size={18} className={classes.arrow} aria-hidden />
    </Link>
  );
}
