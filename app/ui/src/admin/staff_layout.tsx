import { Burger, Button, Center, Group, Loader, NavLink } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { IconProps } from '@tabler/icons-react';
import { IconArrowsExchange, IconBuildingStore, IconLock } from '@tabler/icons-react';
import type { ComponentType, ReactNode } from 'react';
import { useEffect } from 'react';
import { Link, Outlet, useLocation } from 'react-router';

import { Account } from '../components/account';
import { ColorSchemeToggle } from '../components/color_scheme_toggle';
import { ConnectionBadge } from '../components/connection_badge';
import { Logo } from '../components/logo';
import { EmptyState } from '../components/states';
import { useSession } from '../session/session';
import { NotificationBell } from './notification_bell';
import classes from './staff_layout.module.css';

export type StaffPage = { to: string; label: string; icon: ComponentType<IconProps>; badge?: number };

type Props = {
  area: string;
  // What screen readers call the navigation.
  label: string;
  home: string;
  pages: readonly StaffPage[];
  // The other area of the same people.
  other: { to: string; label: string };
};

// The frame of the areas that only administrators enter.
export function StaffLayout({ area, label, home, pages, other }: Props) {
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
            aria-controls="staff-menu"
          />
          <Logo to={home} area={area} />
        </Group>
        <Group gap={6} wrap="nowrap">
          <span className={classes.connection}>
            <ConnectionBadge />
          </span>
          <ColorSchemeToggle />
          <NotificationBell />
          <Account />
        </Group>
      </header>
      <nav id="staff-menu" aria-label={label} className={classes.navigation} data-open={isOpen || undefined}>
        <div>
          {pages.map((page) => (
            <PageLink key={page.to} page={page} isHome={page.to === home} />
          ))}
        </div>
        <div>
          <NavLink component={Link} to={other.to} label={other.label} leftSection={<IconArrowsExchange size={19} stroke={1.7} />} />
          <NavLink component={Link} to="/" label="To the shop" leftSection={<IconBuildingStore size={19} stroke={1.7} />} />
        </div>
      </nav>
      <main id="main" tabIndex={-1} className={classes.main}>
        <RequireAdmin>
          <Outlet />
        </RequireAdmin>
      </main>
    </div>
  );
}

function PageLink({ page: { to, label, icon: Icon, badge = 0 }, isHome }: { page: StaffPage; isHome: boolean }) {
  const { pathname } = useLocation();
  const isHere = isHome ? pathname === to : pathname.startsWith(to);
  return (
    <NavLink
      component={Link}
      to={to}
      label={label}
      active={isHere}
      aria-current={isHere ? 'page' : undefined}
      leftSection={<Icon size={19} stroke={1.7} />}
      rightSection={badge > 0 ? <span className={classes.unread}>{badge > 99 ? '99+' : badge}</span> : undefined}
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
