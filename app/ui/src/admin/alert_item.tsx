import { IconAlertTriangle, IconCircleX, IconPackageOff } from '@tabler/icons-react';
import { Link } from 'react-router';

import { LiveTime } from '../components/live_time';
import type { Alert } from '../data/alerts';
import { markRead } from '../data/alerts';
import classes from './alert_item.module.css';

const kKinds = {
  low_stock: { icon: IconPackageOff, label: 'Low stock' },
  order_rejected: { icon: IconCircleX, label: 'Order rejected' },
  dead_letter: { icon: IconAlertTriangle, label: 'Record set aside' },
} as const;

export const kAlertLabels = Object.entries(kKinds).map(([value, { label }]) => ({ value, label }));

function destinationOf(alert: Alert): string | undefined {
  if (alert.orderId) return `/admin/orders/${alert.orderId}`;
  return alert.productId ? `/admin/inventory?product=${alert.productId}` : undefined;
}

export function AlertItem({ alert, onFollow }: { alert: Alert; onFollow?: () => void }) {
  const { icon: Icon, label } = kKinds[alert.type];
  const to = destinationOf(alert);
  const follow = () => {
    markRead(alert.eventId);
    onFollow?.();
  };
  const content = (
    <>
      <span className={classes.icon} data-type={alert.type}>
        <Icon size={18} stroke={1.8} aria-hidden />
      </span>
      <span className={classes.text}>
        <span className={classes.label}>
          {label}
          {!alert.read && <span className={classes.new}>new</span>}
        </span>
        <span className={classes.message}>{alert.message}</span>
        <span className={classes.time}>
          <LiveTime time={alert.occurredAt} />
        </span>
      </span>
    </>
  );
  return to ? (
    <Link to={to} className={classes.item} data-unread={!alert.read || undefined} onClick={follow}>
      {content}
    </Link>
  ) : (
    <button type="button" className={classes.item} data-unread={!alert.read || undefined} onClick={follow} aria-label={`${label}: ${alert.message} Mark as read.`}>
      {content}
    </button>
  );
}
