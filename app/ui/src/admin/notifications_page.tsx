import { Button, Group, SegmentedControl, Text } from '@mantine/core';
import { IconBellOff, IconChecks, IconTrash } from '@tabler/icons-react';
import { useMemo, useState } from 'react';

import { EmptyState } from '../components/states';
import type { Alert } from '../data/alerts';
import { alerts, clearAlerts, markRead } from '../data/alerts';
import { formatDay, plural } from '../lib/format';
import { useStore } from '../lib/store';
import { usePageTitle } from '../lib/use_page_title';
import { AlertItem, kAlertLabels } from './alert_item';
import classes from './notifications_page.module.css';
import { PageHeader } from './page_header';
import { useUnreadCount } from './use_alerts';

export default function NotificationsPage() {
  usePageTitle('Notifications');
  const all = useStore(alerts);
  const unread = useUnreadCount();
  const [type, setType] = useState('all');
  const shown = useMemo(() => (type === 'all' ? all : all.filter((alert) => alert.type === type)), [all, type]);
  return (
    <div className={classes.page}>
      <PageHeader title="Notifications" subtitle={unread === 0 ? 'Everything is read' : plural(unread, 'unread', 'unread')}>
        <Group gap="xs">
          <Button variant="default" leftSection={<IconChecks size={17} />} disabled={unread === 0} onClick={() => markRead()}>
            Mark all read
          </Button>
          <Button variant="default" leftSection={<IconTrash size={17} />} disabled={all.length === 0} onClick={clearAlerts}>
            Clear
          </Button>
        </Group>
      </PageHeader>
      <div className={classes.filter}>
        <SegmentedControl
          aria-label="Kind"
          value={type}
          onChange={setType}
          data={[{ value: 'all', label: 'All' }, ...kAlertLabels]}
        />
      </div>
      {shown.length === 0 ? (
        <EmptyState icon={<IconBellOff size={28} stroke={1.6} />} title={all.length === 0 ? 'Nothing to report' : 'None of this kind'}>
          Low stock, rejected orders and records that could not be processed appear here as they happen, and stay in this
          browser.
        </EmptyState>
      ) : (
        byDay(shown).map(([day, list]) => (
          <section key={day} aria-label={day}>
            <Text component="h2" className={classes.day}>
              {day}
            </Text>
            <div className={`surface ${classes.list}`}>
              {list.map((alert) => (
                <AlertItem key={alert.eventId} alert={alert} />
              ))}
            </div>
          </section>
        ))
      )}
    </div>
  );
}

function byDay(list: readonly Alert[]): Array<[string, Alert[]]> {
  const days = new Map<string, Alert[]>();
  for (const alert of list) {
    const day = formatDay(alert.occurredAt);
    days.set(day, [...(days.get(day) ?? []), alert]);
  }
  return [...days];
}
