import {
  IconBan,
  IconCircleCheck,
  IconCircleX,
  IconClockHour4,
  IconHomeCheck,
  IconPackage,
  IconTruckDelivery,
} from '@tabler/icons-react';

import type { OrderStatus } from '../api/types';
import { kStatusLabels } from '../data/order_rules';
import classes from './status_badge.module.css';

const kIcons = {
  pending: IconClockHour4,
  confirmed: IconCircleCheck,
  processing: IconPackage,
  shipped: IconTruckDelivery,
  delivered: IconHomeCheck,
  rejected: IconCircleX,
  cancelled: IconBan,
} satisfies Record<OrderStatus, unknown>;

export function StatusIcon({ status, size = 14 }: { status: OrderStatus; size?: number }) {
  const Icon = kIcons[status];
  return <Icon size={size} stroke={2} aria-hidden />;
}

// Icon, words and colour: nobody has to tell colours apart. A change under way is shown as such.
export function StatusBadge({ status, isPending = false, large = false }: { status: OrderStatus; isPending?: boolean; large?: boolean }) {
  return (
    <span
      key={status}
      className={classes.badge}
      data-status={status}
      data-pending={isPending || undefined}
      data-large={large || undefined}
    >
      <StatusIcon status={status} size={large ? 17 : 14} />
      {kStatusLabels[status]}
      {isPending && <span className={classes.dots}>…</span>}
    </span>
  );
}
