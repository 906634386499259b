import type { Order } from '../api/types';
import { usePendingStatus } from '../data/pending_changes';
import { StatusBadge } from './status_badge';

// The status as it is, or as it has just been asked to become.
export function OrderStatusBadge({ order, large = false }: { order: Pick<Order, 'id' | 'status'>; large?: boolean }) {
  const pending = usePendingStatus(order.id);
  return (
    <span aria-live={large ? 'polite' : undefined} data-testid="status">
      <StatusBadge status={pending ?? order.status} isPending={pending !== undefined} large={large} />
    </span>
  );
}
