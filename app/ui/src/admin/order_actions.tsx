import { Button, Group, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';

import type { Order } from '../api/types';
import { canCancel, kStatusActions, nextStatuses } from '../data/order_rules';
import { useChangeStatus } from '../data/orders';
import { usePendingStatus } from '../data/pending_changes';

// The usual next step, one click away.
export function NextStatusButton({ order, size = 'xs' }: { order: Order; size?: 'xs' | 'sm' }) {
  const pending = usePendingStatus(order.id);
  const change = useChangeStatus();
  const next = nextStatuses(pending ?? order.status).find((status) => status !== 'cancelled');
  if (!next) return null;
  return (
    <Button
      size={size}
      variant={size === 'xs' ? 'default' : 'filled'}
      disabled={pending !== undefined}
      onClick={() => change.mutate({ order, status: next })}
      aria-label={`${kStatusActions[next]}: ${order.order_number}`}
    >
      {kStatusActions[next]}
    </Button>
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
