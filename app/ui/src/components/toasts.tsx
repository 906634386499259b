import { notifications } from '@mantine/notifications';
import {
  IconAlertTriangle,
  IconCheck,
  IconExclamationMark,
  IconInfoSmall,
  IconPackageOff,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';

import type { Order, OrderStatus } from '../api/types';
import type { Alert } from '../data/alerts';
import { plural } from '../lib/format';
import type { OrderNews } from '../realtime/events';
import { StatusIcon } from './status_badge';

const kShort = 5000;
const kLong = 9000;
const kIconSize = 18;

type Toast = { title: string; message: ReactNode; color: string; icon: ReactNode; autoClose: number };

function show(toast: Toast): void {
  notifications.show({ withBorder: true, ...toast });
}

// Those with an id that can be seen now. News of one thing replace each other and never pile up.
const shown = new Set<string>();

function showOnce(toast: Toast & { id: string }): void {
  if (shown.has(toast.id)) {
    notifications.update(toast);
    return;
  }
  shown.add(toast.id);
  notifications.show({ withBorder: true, ...toast, onClose: () => shown.delete(toast.id) });
}

export function toastSuccess(title: string, message: ReactNode): void {
  show({ title, message, color: 'bottle', icon: <IconCheck size={kIconSize} />, autoClose: kShort });
}

export function toastInfo(title: string, message: ReactNode): void {
  show({ title, message, color: 'blue', icon: <IconInfoSmall size={kIconSize + 6} />, autoClose: kLong });
}

export function toastFailure(title: string, message: ReactNode): void {
  show({ title, message, color: 'red', icon: <IconExclamationMark size={kIconSize} />, autoClose: kLong });
}

const kStatusColors: Record<OrderStatus, string> = {
  pending: 'yellow',
  confirmed: 'blue',
  processing: 'violet',
  shipped: 'cyan',
  delivered: 'bottle',
  rejected: 'red',
  cancelled: 'gray',
};

const kStatusTitles: Record<OrderStatus, string> = {
  pending: 'Order placed',
  confirmed: 'Order confirmed',
  processing: 'Order in preparation',
  shipped: 'Order on its way',
  delivered: 'Order delivered',
  rejected: 'Order rejected',
  cancelled: 'Order cancelled',
};

export function toastOrderNews({ order, message }: OrderNews): void {
  if (!order.status) return;
  showOrder(order.id, order.status, message);
}

export function toastOrderStatus(order: Order): void {
  showOrder(order.id, order.status, `${order.order_number} is ${order.status} now.`);
}

function showOrder(id: string, status: OrderStatus, message: string): void {
  showOnce({
    id: `order ${id}`,
    title: kStatusTitles[status],
    message,
    color: kStatusColors[status],
    icon: <StatusIcon status={status} size={kIconSize} />,
    autoClose: status === 'rejected' ? kLong : kShort,
  });
}

// Many alerts of one kind in a burst make one toast.
export function toastAlerts(alerts: readonly Alert[]): void {
  const low = alerts.filter(({ type }) => type === 'low_stock');
  const rejected = alerts.filter(({ type }) => type === 'order_rejected');
  const dead = alerts.filter(({ type }) => type === 'dead_letter');
  showAlerts('low_stock', low, 'Low stock', `${plural(low.length, 'product')} running low`, 'orange');
  showAlerts('order_rejected', rejected, 'Order rejected', `${plural(rejected.length, 'order')} rejected`, 'red');
  showAlerts('dead_letter', dead, 'Record set aside', `${plural(dead.length, 'record')} set aside`, 'red');
}

function showAlerts(id: string, alerts: readonly Alert[], one: string, many: string, color: string): void {
  const first = alerts[0];
  if (!first) return;
  showOnce({
    id: `alert ${id}`,
    title: alerts.length === 1 ? one : many,
    message: first.message,
    color,
    icon: id === 'low_stock' ? <IconPackageOff size={kIconSize} /> : <IconAlertTriangle size={kIconSize} />,
    autoClose: kLong,
  });
}
