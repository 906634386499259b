import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { createContext, use, useCallback, useEffect, useMemo } from 'react';

import { api, unwrap, whenSessionEnds } from '../api/client';
import { isStatus } from '../api/problem';
import type { User } from '../api/types';
import { toastInfo } from '../components/toasts';
import { emptyCart } from '../data/cart';
import { forgetOrders } from '../data/order_cache';
import { readStored, writeStored } from '../lib/storage';

type Session = {
  user: User | undefined;
  isAdmin: boolean;
  // Nobody knows yet whether somebody is signed in.
  isLoading: boolean;
  signIn: (email: string, password: string) => Promise<User>;
  signUp: (name: string, email: string, password: string) => Promise<User>;
  signOut: () => Promise<void>;
};

const SessionContext = createContext<Session | undefined>(undefined);
const kMe = ['me'] as const;

// The session itself is an HttpOnly cookie. This only remembers that there may be one, so that a guest's
// visit does not begin with a request that is refused.
const kHint = 'carafe.session';
const hasHint = () => readStored(kHint, (value): value is boolean => value === true) ?? false;

export function SessionProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const me = useQuery({ queryKey: kMe, queryFn: fetchMe, enabled: hasHint, staleTime: Infinity, gcTime: Infinity });
  const user = me.data ?? undefined;

  const become = useCallback(
    (next: User | null) => {
      writeStored(kHint, next ? true : undefined);
      // What one person saw is nothing for the next.
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'products' && queryKey[0] !== 'me' });
      forgetOrders();
      client.setQueryData(kMe, next);
    },
    [client],
  );

  useEffect(() => {
    whenSessionEnds(() => {
      if (!client.getQueryData(kMe)) return;
      become(null);
      toastInfo('You have been signed out', 'Your session has ended. Sign in again to go on.');
    });
    // Signing in or out in another tab of this browser changes the cookie of this one too.
    const onStorage = (event: StorageEvent) => {
      if (event.key === kHint) void client.resetQueries({ queryKey: kMe });
    };
    window.addEventListener('storage', onStorage);
    return () => window.removeEventListener('storage', onStorage);
  }, [client, become]);

  const session = useMemo<Session>(() => {
    const signIn = async (email: string, password: string) => {
      const { user: found } = await unwrap(api.POST('/sessions', { body: { email, password } }));
      become(found);
      return found;
    };
    return {
      user,
      isAdmin: user?.role === 'admin',
      isLoading: me.isLoading,
      signIn,
      signUp: async (name, email, password) => {
        await unwrap(api.POST('/users', { body: { name, email, password } }));
        return signIn(email, password);
      },
      signOut: async () => {
        // Signed out here even when the server cannot be told: the next person must see nothing.
        await unwrap(api.DELETE('/sessions/current')).catch(() => undefined);
        emptyCart();
        become(null);
      },
    };
  }, [user, me.isLoading, become]);

  return <SessionContext value={session}>{children}</SessionContext>;
}

async function fetchMe(): Promise<User | null> {
  try {
    return await unwrap(api.GET('/me'));
  } catch (error) {
    if (!isStatus(error, 401)) throw error;
    writeStored(kHint, undefined);
    return null;
  }
}

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error('useSession needs a SessionProvider above');
  return session;
}
