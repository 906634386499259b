import { Button, Stack, Text, Title } from '@mantine/core';
import { IconCloudOff, IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';

import { explain } from '../api/problem';
import classes from './states.module.css';

type StateProps = {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  compact?: boolean;
  // 1 where it is all there is on the page.
  level?: 1 | 2;
};

// In the place of what would be there: nothing yet, or nothing any more.
export function EmptyState({ icon, title, children, action, compact = false, level = 2 }: StateProps) {
  return (
    <Stack align="center" gap="xs" className={classes.state} data-compact={compact || undefined}>
      <span className={classes.icon}>{icon}</span>
      <Title order={level} size={compact ? 'h5' : 'h3'} ta="center">
        {title}
      </Title>
      {children && (
        <Text c="dimmed" ta="center" maw={420}>
          {children}
        </Text>
      )}
      {action && <div className={classes.action}>{action}</div>}
    </Stack>
  );
}

export function ErrorState({ error, onRetry, title = 'This could not be loaded', compact = false }: { error: unknown; onRetry?: () => void; title?: string; compact?: boolean }) {
  return (
    <div role="alert">
      <EmptyState
        icon={<IconCloudOff size={28} stroke={1.6} />}
        title={title}
        compact={compact}
        action={
          onRetry && (
            <Button variant="default" leftSection={<IconRefresh size={16} />} onClick={onRetry}>
              Try again
            </Button>
          )
        }
      >
        {explain(error)}
      </EmptyState>
    </div>
  );
}
