import { Burger, Button, Center, Group, Loader, NavLink } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconBell,
  IconBox,
  IconBuildingStore,
  IconLayoutDashboard,
  IconLock,
  IconPackages,
  IconStack2,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useEffect } from 'react';
import { Link, Outlet, useLocation } from 'react-router';

import { AccountMenu } from '../components/account_menu';
import { ColorSchemeToggle } from '../components/color_scheme_toggle';
import { ConnectionBadge } from '../components/connection_badge';
import { Logo } from '../components/logo';
import { EmptyState } from '../components/states';
import { useSession } from '../session/session';
import classes from './admin_layout.module.css';
import { NotificationBell } from './notification_bell';
import { useUnreadCount } from './use_alerts';

const kPages = [
  { to: '/admin', label: 'Dashboard', icon: IconLayoutDashboard },
  { to: '/admin/orders', label: 'Orders', icon: IconPackages },
  { to: '/admin/products', label: 'Products', icon: IconBox },
  { to: '/admin/inventory', label: 'Inventory', icon: IconStack2 },
  { to: '/admin/notifications', label: 'Notifications', icon: IconBell },
];

export default function AdminLayout() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  useEffect(close, [pathname, close]);
  return (
    <div className={classes.area}>
      <header className={classes.header}>
        <Group gap="sm" wrap="nowrap">
          <Burger
            opened={isOpen}
            onClick={toggle}
            hiddenFrom="md"
            size="sm"
            aria-label={isOpen ? 'Close the menu' : 'Open the menu'}
            aria-expanded={isOpen}
            aria-controls="admin-menu"
          />
          <Logo to="/admin" area="Admin" />
        </Group>
        <Group gap={6} wrap="nowrap">
          <span className={classes.connection}>
            <ConnectionBadge />
          </span>
          <ColorSchemeToggle />
          <NotificationBell />
          <AccountMenu />
        </Group>
      </header>
      <nav id="admin-menu" aria-label="Administration" className={classes.navigation} data-open={isOpen || undefined}>
        <div>
          {kPages.map((page) => (
            <PageLink key={page.to} {...page} />
          ))}
        </div>
        <NavLink component={Link} to="/" label="To the shop" leftSection={<IconBuildingStore size={19} stroke={1.7} />} />
      </nav>
      <main id="main" tabIndex={-1} className={classes.main}>
        <RequireAdmin>
          <Outlet />
        </RequireAdmin>
      </main>
    </div>
  );
}

function PageLink({ to, label, icon: Icon }: (typeof kPages)[number]) {
  const { pathname } = useLocation();
  const unread = useUnreadCount();
  const isHere = to === '/admin' ? pathname === to : pathname.startsWith(to);
  return (
    <NavLink
      component={Link}
      to={to}
      label={label}
      active={isHere}
      aria-current={isHere ? 'page' : undefined}
      leftSection={<Icon size={19} stroke={1.7} />}
      rightSection={to.endsWith('notifications') && unread > 0 ? <span className={classes.unread}>{unread > 99 ? '99+' : unread}</span> : undefined}
    />
  );
}

function RequireAdmin({ children }: { children: ReactNode }) {
  const { user, isAdmin, isLoading } = useSession();
  const { pathname } = useLocation();
  if (isLoading) {
    return (
      <Center h="60vh">
        <Loader aria-label="Loading" />
      </Center>
    );
  }
  if (isAdmin) return children;
  return (
    <EmptyState
      icon={<IconLock size={28} stroke={1.6} />}
      title="For administrators only"
      level={1}
      action={
        <Button component={Link} to={user ? '/' : `/sign-in?next=${encodeURIComponent(pathname)}`}>
          {user ? 'To the shop' : 'Sign in'}
        </Button>
      }
    >
      {user ? 'You are signed in as a customer.' : 'Sign in with an administrator’s account.'}
    </EmptyState>
  );
}
