import { Skeleton } from '@mantine/core';
import { lazy, Suspense } from 'react';

import { useSession } from '../session/session';

// Fetched when somebody is signed in: a guest needs no menu, nor what it is made of.
const AccountMenu = lazy(() => import('./account_menu'));

// The menu of who is signed in, and its place while that is being found out.
export function Account() {
  const { user } = useSession();
  const place = <Skeleton circle h={34} w={34} aria-hidden />;
  return user ? <Suspense fallback={place}><AccountMenu user={user} /></Suspense> : place;
}
