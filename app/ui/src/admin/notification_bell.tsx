import { ActionIcon, Button, Group, Indicator, Popover, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBell } from '@tabler/icons-react';
import { Link } from 'react-router';

import { alerts, markRead } from '../data/alerts';
import { plural } from '../lib/format';
import { useStore } from '../lib/store';
import { AlertItem } from './alert_item';
import classes from './notification_bell.module.css';
import { useUnreadCount } from './use_alerts';

const kLatest = 6;

export function NotificationBell() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const unread = useUnreadCount();
  const latest = useStore(alerts).slice(0, kLatest);
  const label = unread === 0 ? 'Notifications, none unread' : `Notifications, ${unread} unread`;
  return (
    <Popover opened={isOpen} onChange={(open) => !open && close()} position="bottom-end" width={380} shadow="lg" radius="lg" trapFocus returnFocus>
      <Indicator label={unread > 99 ? '99+' : unread} size={17} offset={6} disabled={unread === 0} color="red.9">
        <Popover.Target>
          <ActionIcon variant="subtle" color="gray" c="var(--mantine-color-text)" size="lg" aria-label={label} onClick={toggle} data-testid="bell">
            <IconBell size={20} stroke={1.7} />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown p={0} aria-label="Notifications">
        <Group justify="space-between" px="md" py="xs">
          <Text fw={650}>Notifications</Text>
          <Button size="compact-sm" variant="subtle" disabled={unread === 0} onClick={() => markRead()}>
            Mark all read
          </Button>
        </Group>
        <div className={classes.latest}>
          {latest.length === 0 ? (
            <Text c="dimmed" size="sm" px="md" pb="md">
              Nothing yet. Low stock, rejected orders and records that could not be processed appear here.
            </Text>
          ) : (
            latest.map((alert) => <AlertItem key={alert.eventId} alert={alert} onFollow={close} />)
          )}
        </div>
        <Group p="xs" justify="center">
          <Button component={Link} to="/admin/notifications" variant="subtle" size="sm" onClick={close}>
            {unread > kLatest ? `See all (${plural(unread, 'unread', 'unread')})` : 'See all'}
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}
