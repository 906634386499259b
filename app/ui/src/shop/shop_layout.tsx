import { ActionIcon, Button, Group, Indicator } from '@mantine/core';
import { IconBasket, IconBuildingStore, IconLogin2, IconPackages } from '@tabler/icons-react';
import { Link, NavLink, Outlet } from 'react-router';

import { Account } from '../components/account';
import { ColorSchemeToggle } from '../components/color_scheme_toggle';
import { ConnectionBadge } from '../components/connection_badge';
import { Logo } from '../components/logo';
import { useCartCount } from '../data/cart';
import { useSession } from '../session/session';
import classes from './shop_layout.module.css';

export function ShopLayout() {
  return (
    <div className={classes.shop}>
      <header className={classes.header}>
        <div className={classes.bar}>
          <Logo />
          <ShopNavigation />
          <HeaderTools />
        </div>
      </header>
      <main id="main" tabIndex={-1} className={classes.main}>
        <Outlet />
      </main>
      <footer className={classes.footer}>
        <div className={classes.bar}>
          <span>© Carafe. Stock and orders on these pages are live.</span>
          <Group gap="lg">
            <a href="/api/v1/docs">API</a>
            <Link to="/cart">Cart</Link>
          </Group>
        </div>
      </footer>
      <BottomBar />
    </div>
  );
}

function ShopNavigation() {
  const { user, isAdmin } = useSession();
  return (
    <nav className={classes.navigation} aria-label="Shop">
      <NavLink to="/" end>
        Products
      </NavLink>
      {user && !isAdmin && <NavLink to="/orders">My orders</NavLink>}
      {isAdmin && <NavLink to="/admin">Administration</NavLink>}
    </nav>
  );
}

function HeaderTools() {
  const { user, isLoading } = useSession();
  const count = useCartCount();
  const label = count === 0 ? 'Cart, empty' : `Cart, ${count} ${count === 1 ? 'item' : 'items'}`;
  return (
    <Group gap={8} wrap="nowrap">
      <span className={classes.connection}>
        <ConnectionBadge />
      </span>
      <ColorSchemeToggle />
      <Indicator label={count > 99 ? '99+' : count} size={17} offset={5} disabled={count === 0} color="bottle">
        <ActionIcon component={Link} to="/cart" variant="subtle" color="gray" c="var(--mantine-color-text)" size="lg" title={label} aria-label={label}>
          <IconBasket size={20} stroke={1.7} />
        </ActionIcon>
      </Indicator>
      <span className={classes.account}>
        {user || isLoading ? (
          <Account />
        ) : (
          <Button component={Link} to="/sign-in" size="xs" h={34} variant="filled">
            Sign in
          </Button>
        )}
      </span>
    </Group>
  );
}

// On a phone the ways through the shop are where the thumb is.
function BottomBar() {
  const { user, isAdmin } = useSession();
  const count = useCartCount();
  return (
    <nav className={classes.bottom} aria-label="Shop, bottom">
      <NavLink to="/" end>
        <IconBuildingStore size={21} stroke={1.7} aria-hidden />
        Shop
      </NavLink>
      <NavLink to="/cart">
        <Indicator label={count > 99 ? '99+' : count} size={15} offset={2} disabled={count === 0} color="bottle" component="span">
          <IconBasket size={21} stroke={1.7} aria-hidden />
        </Indicator>
        Cart
      </NavLink>
      {user ? (
        <NavLink to={isAdmin ? '/admin' : '/orders'}>
          <IconPackages size={21} stroke={1.7} aria-hidden />
          {isAdmin ? 'Admin' : 'Orders'}
        </NavLink>
      ) : (
        <NavLink to="/sign-in">
          <IconLogin2 size={21} stroke={1.7} aria-hidden />
          Sign in
        </NavLink>
      )}
    </nav>
  );
}
