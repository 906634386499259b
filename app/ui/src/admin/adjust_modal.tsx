import { Button, Group, Modal, NumberInput, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { SyntheticEvent } from 'react';

import type { InventoryLevel } from '../api/types';
import { useAdjustStock } from '../data/inventory';
import { useStock } from '../data/stock';
import { formatCount } from '../lib/format';

const kMost = 1_000_000;

export function AdjustModal({ level, onClose }: { level: InventoryLevel; onClose: () => void }) {
  const adjust = useAdjustStock();
  const stock = useStock(level.product_id, level.quantity);
  const [direction, setDirection] = useState('add');
  const [amount, setAmount] = useState<number | string>('');
  const [reason, setReason] = useState('');
  const [isChecked, setChecked] = useState(false);
  const count = typeof amount === 'number' ? amount : 0;
  const delta = direction === 'add' ? count : -count;
  const after = stock + delta;
  const problems = {
    amount: count < 1 ? 'How many?' : after < 0 ? `There are only ${formatCount(stock)}.` : undefined,
    reason: reason.trim() === '' ? 'A reason is needed; it is kept with the movement.' : undefined,
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    setChecked(true);
    if (problems.amount || problems.reason) return;
    // The new level is shown at once; should it be refused, a toast says why and it goes back.
    adjust.mutate({ level, delta, reason: reason.trim() });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={`Adjust ${level.name}`}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <SegmentedControl
            fullWidth
            aria-label="Direction"
            value={direction}
            onChange={setDirection}
            data={[
              { value: 'add', label: 'Add' },
              { value: 'remove', label: 'Take away' },
            ]}
          />
          <NumberInput
            label="Pieces"
            required
            data-autofocus
            min={1}
            max={kMost}
            allowDecimal={false}
            allowNegative={false}
            hideControls
            value={amount}
            onChange={setAmount}
            error={isChecked && problems.amount}
          />
          <TextInput
            label="Reason"
            required
            maxLength={200}
            placeholder="Delivery, stock-taking, breakage …"
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={isChecked && problems.reason}
          />
          <Text size="sm" c="dimmed" role="status">
            {formatCount(stock)} now{count > 0 && after >= 0 ? `, ${formatCount(after)} afterwards` : ''}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit">Adjust</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
