import { Button, Group, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';

import type { Order } from '../api/types';
import { canCancel, kStatusActions, nextStatuses } from '../data/order_rules';
import { useChangeStatus } from '../data/orders';
import { usePendingStatus } from '../data/pending_changes';
import classes from './order_actions.module.css';

// The usual next step, one click away; undefined when there is none.
function useNextStep(order: Order) {
  const pending = usePendingStatus(order.id);
  const change = useChangeStatus();
  const next = nextStatuses(pending ?? order.status).find((status) => status !== 'cancelled');
  if (!next) return undefined;
  return {
    text: kStatusActions[next],
    button: {
      disabled: pending !== undefined,
      onClick: () => change.mutate({ order, status: next }),
      'aria-label': `${kStatusActions[next]}: ${order.order_number}`,
    },
  };
}

export function NextStatusButton({ order }: { order: Order }) {
  const step = useNextStep(order);
  return (
    step && (
      <Button size="sm" {...step.button}>
        {step.text}
      </Button>
    )
  );
}

// The same for a row of a table.
export function NextStatusCell({ order }: { order: Order }) {
  const step = useNextStep(order);
  return (
    step && (
      <button type="button" className={classes.step} {...step.button}>
        {step.text}
      </button>
    )
  );
}

export function CancelOrderButton({ order }: { order: Order }) {
  const [isOpen, { open, close }] = useDisclosure();
  const pending = usePendingStatus(order.id);
  const change = useChangeStatus();
  if (!canCancel(pending ?? order.status)) return null;
  const cancel = () => {
    close();
    change.mutate({ order, status: 'cancelled' });
  };
  return (
    <>
      <Button size="sm" variant="default" disabled={pending !== undefined} onClick={open}>
        Cancel order
      </Button>
      <Modal opened={isOpen} onClose={close} title={`Cancel ${order.order_number}?`}>
        <Text mb="lg">The customer is told at once, and what was reserved goes back into stock. This cannot be undone.</Text>
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
