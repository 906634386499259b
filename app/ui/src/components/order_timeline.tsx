import { Skeleton, Stack, Text, Timeline } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import type { OrderEvent } from '../api/types';
import { kStatusLabels } from '../data/order_rules';
import { orderEventsQuery } from '../data/orders';
import { formatDateTimeExactly } from '../lib/format';
import { ErrorState } from './states';
import { StatusIcon } from './status_badge';

const kReasons: Record<string, string> = {
  payment_declined: 'the payment was declined',
  processing_failed: 'it could not be processed',
};

const kTones: Partial<Record<OrderEvent['status'], string>> = { rejected: 'red.8', cancelled: 'gray.7' };

function sentenceFor(event: OrderEvent): string {
  if (event.type === 'order.created') return 'The order was placed.';
  if (event.type === 'order.cancelled') {
    const why = event.reason ? ` because ${kReasons[event.reason] ?? event.reason.replaceAll('_', ' ')}` : '';
    return `The order was cancelled${why}.${event.restocked ? ' What was reserved is back in stock.' : ''}`;
  }
  if (event.status === event.previous_status) return `The payment is ${event.payment.status}.`;
  switch (event.status) {
    case 'confirmed':
      return 'Everything is in stock and reserved for this order.';
    case 'rejected':
      return 'There was not enough in stock.';
    case 'processing':
      return 'The order is being packed.';
    case 'shipped':
      return 'The parcel is on its way.';
    case 'delivered':
      return 'The parcel has arrived.';
    default:
      return '';
  }
}

export function OrderTimeline({ orderId }: { orderId: string }) {
  const query = useQuery(orderEventsQuery(orderId));
  if (query.isPending) {
    return (
      <Stack aria-hidden>
        <Skeleton h={44} />
        <Skeleton h={44} />
      </Stack>
    );
  }
  if (query.data === undefined) return <ErrorState compact error={query.error} onRetry={() => void query.refetch()} title="The history could not be loaded" />;
  const events = [...query.data].sort((a, b) => b.order_version - a.order_version);
  return (
    <Timeline active={events.length} bulletSize={28} lineWidth={2} aria-label="History" color="bottle">
      {events.map((event) => (
        <Timeline.Item
          key={event.id}
          color={kTones[event.status]}
          bullet={<StatusIcon status={event.status} size={15} />}
          title={event.status === event.previous_status ? 'Payment' : kStatusLabels[event.status]}
        >
          <Text size="sm">{sentenceFor(event)}</Text>
          <Text size="xs" c="dimmed" mt={2}>
            <time dateTime={event.occurred_at}>{formatDateTimeExactly(event.occurred_at)}</time>
          </Text>
        </Timeline.Item>
      ))}
    </Timeline>
  );
}
