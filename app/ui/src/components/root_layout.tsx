import { Notifications } from '@mantine/notifications';
import { useEffect, useRef } from 'react';
import { Outlet, ScrollRestoration, useLocation, useNavigation } from 'react-router';

import { ConnectionBanner } from './connection_badge';
import classes from './root_layout.module.css';

// What all areas share: the way past the navigation, focus after a change of page, and the bar that
// says that a page is being fetched.
export function RootLayout() {
  const { pathname } = useLocation();
  const isFirst = useRef(true);
  useEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    // A drawer over a list has its own focus.
    const main = document.getElementById('main');
    if (!document.querySelector('[role="dialog"]')) main?.focus({ preventScroll: true });
  }, [pathname]);
  const isLoading = useNavigation().state === 'loading';
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <div className={classes.progress} data-loading={isLoading || undefined} aria-hidden />
      <Outlet />
      <ConnectionBanner />
      {/* Inside the router, so that a toast can lead somewhere. */}
      <Notifications position="bottom-right" limit={4} containerWidth={400} />
      <ScrollRestoration />
    </>
  );
}
