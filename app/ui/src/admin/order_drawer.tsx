import { Divider, Drawer, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconPackageOff } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearchParams } from 'react-router';

import { isStatus } from '../api/problem';
import type { Order } from '../api/types';
import { AddressBlock } from '../components/address_block';
import { OrderItems } from '../components/order_items';
import { OrderRejection } from '../components/order_rejection';
import { OrderStatusBadge } from '../components/order_status';
import { OrderTimeline } from '../components/order_timeline';
import { EmptyState, ErrorState } from '../components/states';
import { orderQuery } from '../data/orders';
import { formatDateTime } from '../lib/format';
import { CancelOrderButton, NextStatusButton } from './order_actions';

// One order over the list, with an address of its own.
export default function OrderDrawer() {
  const { id = '' } = useParams();
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const query = useQuery(orderQuery(useQueryClient(), id));
  const search = params.toString();
  const close = () => void navigate(`/admin/orders${search ? `?${search}` : ''}`, { preventScrollReset: true });
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size={520}
      title={<Text component="span" fw={650}>{query.data?.order_number ?? 'Order'}</Text>}
      padding="lg"
    >
      {query.data ? (
        <Details order={query.data} />
      ) : query.isError ? (
        isStatus(query.error, 404) ? (
          <EmptyState compact icon={<IconPackageOff size={26} stroke={1.6} />} title="There is no such order" />
        ) : (
          <ErrorState compact error={query.error} onRetry={() => void query.refetch()} />
        )
      ) : (
        <Stack aria-hidden>
          <Skeleton h={34} />
          <Skeleton h={120} />
          <Skeleton h={240} />
        </Stack>
      )}
    </Drawer>
  );
}

function Details({ order }: { order: Order }) {
  return (
    <Stack gap="lg">
      <Group justify="space-between">
        <OrderStatusBadge order={order} large />
        <Group gap="xs">
          <CancelOrderButton order={order} />
          <NextStatusButton order={order} />
        </Group>
      </Group>
      <OrderRejection order={order} />
      <div>
        <Text fw={600}>{order.customer?.name}</Text>
        <Text size="sm" c="dimmed">
          {order.customer?.email}
        </Text>
        <Text size="sm" c="dimmed">
          Placed on {formatDateTime(order.created_at)} · payment {order.payment.status}
        </Text>
      </div>
      <Divider />
      <section aria-labelledby="drawer-items">
        <Title order={3} size="h5" id="drawer-items">
          Items
        </Title>
        <OrderItems order={order} linkTo={(productId) => `/admin/products/${productId}`} />
      </section>
      <Divider />
      <section aria-labelledby="drawer-address">
        <Title order={3} size="h5" id="drawer-address" mb={6}>
          Delivered to
        </Title>
        <AddressBlock address={order.shipping_address} />
      </section>
      <Divider />
      <section aria-labelledby="drawer-history">
        <Title order={3} size="h5" id="drawer-history" mb="md">
          History
        </Title>
        <OrderTimeline orderId={order.id} />
      </section>
    </Stack>
  );
}
