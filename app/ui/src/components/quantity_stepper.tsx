import { ActionIcon, Group, NumberInput } from '@mantine/core';
import { IconMinus, IconPlus } from '@tabler/icons-react';

import { kMostOfOne } from '../data/cart';
import classes from './quantity_stepper.module.css';

type Props = { value: number; onChange: (value: number) => void; label: string; min?: number; disabled?: boolean };

export function QuantityStepper({ value, onChange, label, min = 1, disabled = false }: Props) {
  const clamp = (wanted: number) => Math.min(Math.max(wanted, min), kMostOfOne);
  return (
    <Group gap={0} wrap="nowrap" className={classes.stepper} role="group" aria-label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size={38}
        disabled={disabled || value <= min}
        aria-label="One less"
        onClick={() => onChange(clamp(value - 1))}
      >
        <IconMinus size={16} />
      </ActionIcon>
      <NumberInput
        variant="unstyled"
        hideControls
        aria-label={label}
        disabled={disabled}
        value={value}
        min={min}
        max={kMostOfOne}
        allowDecimal={false}
        allowNegative={false}
        clampBehavior="blur"
        classNames={{ input: classes.input }}
        onChange={(next) => typeof next === 'number' && Number.isFinite(next) && onChange(clamp(next))}
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        size={38}
        disabled={disabled || value >= kMostOfOne}
        aria-label="One more"
        onClick={() => onChange(clamp(value + 1))}
      >
        <IconPlus size={16} />
      </ActionIcon>
    </Group>
  );
}
