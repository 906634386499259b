import { Button, Skeleton, Stack } from '@mantine/core';
import { IconLock, IconShieldLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Link, useLocation } from 'react-router';

import { EmptyState } from '../components/states';
import { useSession } from '../session/session';
import { kAdminsCannotOrder } from './add_to_cart';

// What only a signed-in customer has. Others are told why it is not there, and where to go.
export function RequireCustomer({ children, what, level = 2 }: { children: ReactNode; what: string; level?: 1 | 2 }) {
  const { user, isAdmin, isLoading } = useSession();
  const { pathname } = useLocation();
  if (isLoading) {
    return (
      <Stack aria-hidden>
        <Skeleton h={44} w={260} />
        <Skeleton h={280} />
      </Stack>
    );
  }
  if (isAdmin) {
    return (
      <EmptyState
        icon={<IconShieldLock size={28} stroke={1.6} />}
        title="Not for administrators"
        level={level}
        action={
          <Button component={Link} to="/admin">
            To the administration
          </Button>
        }
      >
        {kAdminsCannotOrder}
      </EmptyState>
    );
  }
  if (!user) {
    const next = `?next=${encodeURIComponent(pathname)}`;
    return (
      <EmptyState
        icon={<IconLock size={28} stroke={1.6} />}
        title={`Sign in to ${what}`}
        level={level}
        action={
          <Stack gap="xs" align="center">
            <Button component={Link} to={`/sign-in${next}`}>
              Sign in
            </Button>
            <Button component={Link} to={`/sign-up${next}`} variant="subtle">
              Create an account
            </Button>
          </Stack>
        }
      >
        Your cart stays as it is.
      </EmptyState>
    );
  }
  return children;
}
