import type { OrderStatus } from '../api/types';
import { StatusIcon } from '../components/status_badge';
import classes from './order_progress.module.css';

const kSteps: ReadonlyArray<{ status: OrderStatus; label: string }> = [
  { status: 'pending', label: 'Placed' },
  { status: 'confirmed', label: 'Confirmed' },
  { status: 'processing', label: 'Packing' },
  { status: 'shipped', label: 'Shipped' },
  { status: 'delivered', label: 'Delivered' },
];

export function OrderProgress({ status }: { status: OrderStatus }) {
  const reached = kSteps.findIndex((step) => step.status === status);
  return (
    <ol className={classes.steps} aria-label="Progress">
      {kSteps.map((step, index) => (
        <li
          key={step.status}
          data-state={index < reached || status === 'delivered' ? 'done' : index === reached ? 'now' : 'ahead'}
          aria-current={index === reached ? 'step' : undefined}
        >
          <span className={classes.bullet}>
            <StatusIcon status={step.status} size={18} />
          </span>
          <span>{step.label}</span>
        </li>
      ))}
    </ol>
  );
}
