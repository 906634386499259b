import { Alert, Button, Group, Modal, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowLeft, IconBasketPlus, IconPackageOff, IconSparkles } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation, useNavigate, useParams } from 'react-router';

import { isStatus } from '../api/problem';
import type { Order, PaymentStatus } from '../api/types';
import { AddressBlock } from '../components/address_block';
import { OrderItems } from '../components/order_items';
import { OrderRejection } from '../components/order_rejection';
import { OrderStatusBadge } from '../components/order_status';
import { OrderTimeline } from '../components/order_timeline';
import { EmptyState, ErrorState } from '../components/states';
import { addToCart } from '../data/cart';
import { canCancel } from '../data/order_rules';
import { orderQuery, useChangeStatus } from '../data/orders';
import { usePendingStatus } from '../data/pending_changes';
import { formatDateTime } from '../lib/format';
import { usePageTitle } from '../lib/use_page_title';
import classes from './order_page.module.css';
import { OrderProgress } from './order_progress';
import { RequireCustomer } from './require_customer';

export default function OrderPage() {
  usePageTitle('Order');
  return (
    <RequireCustomer what="see this order" level={1}>
      <LoadedOrder />
    </RequireCustomer>
  );
}

function LoadedOrder() {
  const { id = '' } = useParams();
  const query = useQuery(orderQuery(useQueryClient(), id));
  if (query.data) return <Details order={query.data} />;
  if (query.isError) {
    return isStatus(query.error, 404) ? (
      <EmptyState
        icon={<IconPackageOff size={28} stroke={1.6} />}
        title="There is no such order"
        level={1}
        action={
          <Button component={Link} to="/orders">
            My orders
          </Button>
        }
      />
    ) : (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    );
  }
  return (
    <Stack aria-hidden>
      <Skeleton h={44} w={320} />
      <Skeleton h={96} />
      <Skeleton h={360} />
    </Stack>
  );
}

const kPayments: Record<PaymentStatus, string> = {
  pending: 'Waiting for authorisation',
  authorised: 'Authorised; charged when it ships',
  captured: 'Paid',
  declined: 'Declined',
  voided: 'Released; nothing was charged',
};

function Details({ order }: { order: Order }) {
  usePageTitle(order.order_number);
  const status = usePendingStatus(order.id) ?? order.status;
  const wasPlaced = (useLocation().state as { placed?: boolean } | null)?.placed === true;
  return (
    <>
      <Button component={Link} to="/orders" variant="subtle" color="gray" c="dimmed" px="xs" ml={-10} mb="sm" leftSection={<IconArrowLeft size={17} />}>
        My orders
      </Button>
      <Group justify="space-between" align="flex-start" mb="lg" gap="md">
        <div>
          <h1 className={`serif ${classes.title}`}>{order.order_number}</h1>
          <Text c="dimmed">Placed on {formatDateTime(order.created_at)}</Text>
        </div>
        <Group gap="md">
          <OrderStatusBadge order={order} large />
          {canCancel(status) && <CancelButton order={order} />}
        </Group>
      </Group>
      {wasPlaced && status === 'pending' && (
        <Alert color="bottle" variant="light" icon={<IconSparkles size={20} />} title="Thank you!" mb="lg">
          We are reserving everything for you. This page changes by itself; there is no need to load it again.
        </Alert>
      )}
      {status === 'rejected' ? (
        <div className={classes.rejection}>
          <OrderRejection order={order} action={<OrderTheRest order={order} />} />
        </div>
      ) : (
        status !== 'cancelled' && <OrderProgress status={status} />
      )}
      <div className={classes.columns}>
        <section className={`surface ${classes.card}`} aria-labelledby="items">
          <Title order={2} size="h4" id="items" mb="xs">
            What you ordered
          </Title>
          <OrderItems order={order} linkTo={(id) => `/products/${id}`} />
        </section>
        <section className={`surface ${classes.card} ${classes.history}`} aria-labelledby="history">
          <Title order={2} size="h4" id="history" mb="lg">
            What happened
          </Title>
          <OrderTimeline orderId={order.id} />
        </section>
        <section className={`surface ${classes.card}`} aria-labelledby="delivery">
          <div className={classes.facts}>
            <div>
              <Title order={2} size="h5" id="delivery" mb={6}>
                Delivered to
              </Title>
              <AddressBlock address={order.shipping_address} />
            </div>
            <div>
              <Title order={2} size="h5" mb={6}>
                Payment
              </Title>
              <Text>{kPayments[order.payment.status]}</Text>
            </div>
          </div>
        </section>
      </div>
    </>
  );
}

function CancelButton({ order }: { order: Order }) {
  const [isOpen, { open, close }] = useDisclosure();
  const change = useChangeStatus();
  const cancel = () => {
    close();
    change.mutate({ order, status: 'cancelled' });
  };
  return (
    <>
      <Button variant="default" onClick={open}>
        Cancel order
      </Button>
      <Modal opened={isOpen} onClose={close} title={`Cancel ${order.order_number}?`}>
        <Text mb="lg">What was reserved goes back into the shop for others. This cannot be undone.</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            Keep it
          </Button>
          <Button color="red" onClick={cancel}>
            Cancel order
          </Button>
        </Group>
      </Modal>
    </>
  );
}

// Everything of a rejected order that could be had, back into the cart.
function OrderTheRest({ order }: { order: Order }) {
  const navigate = useNavigate();
  const short = new Map(order.rejection?.items?.map(({ product_id, available }) => [product_id, available]));
  const available = order.items
    .map(({ product_id, quantity }) => ({ product_id, quantity: short.get(product_id) ?? quantity }))
    .filter(({ quantity }) => quantity > 0);
  if (available.length === 0 || short.size === 0) return null;
  const add = () => {
    available.forEach(({ product_id, quantity }) => addToCart(product_id, quantity));
    void navigate('/cart');
  };
  return (
    <Button mt="md" size="sm" variant="default" leftSection={<IconBasketPlus size={17} />} onClick={add}>
      Put what there was into the cart
    </Button>
  );
}
