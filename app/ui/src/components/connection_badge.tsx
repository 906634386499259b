import { useEffect, useState } from 'react';

import { useStore } from '../lib/store';
import type { ConnectionState } from '../realtime/connection';
import { connectionStatus } from '../realtime/provider';
import classes from './connection_badge.module.css';

const kTexts: Record<ConnectionState, { label: string; explanation: string }> = {
  connecting: { label: 'Connecting', explanation: 'Connecting for live updates' },
  online: { label: 'Live', explanation: 'Live: changes appear as they happen' },
  reconnecting: { label: 'Offline', explanation: 'The connection was lost. Reconnecting; what you missed will be caught up.' },
};

export function ConnectionBadge({ compact = false }: { compact?: boolean }) {
  const { state } = useStore(connectionStatus);
  const { label, explanation } = kTexts[state];
  return (
    <span className={classes.badge} title={explanation} data-state={state} role="status" data-testid="connection">
      <span className={classes.dot} aria-hidden />
      <span className={compact ? classes.hidden : undefined}>{label}</span>
    </span>
  );
}

// Shorter interruptions mend themselves before anybody has to know.
const kGrace = 1500;

export function ConnectionBanner() {
  const { state, since } = useStore(connectionStatus);
  // The interruption, by its beginning, that has lasted too long to be passed over.
  const [late, setLate] = useState<number>();
  useEffect(() => {
    if (state === 'online') return;
    const timer = setTimeout(() => setLate(since), Math.max(0, since + kGrace * (state === 'connecting' ? 3 : 1) - Date.now()));
    return () => clearTimeout(timer);
  }, [state, since]);
  if (state === 'online' || late !== since) return null;
  return (
    <div className={classes.banner} role="alert">
      <span className={classes.pulse} aria-hidden />
      {state === 'connecting'
        ? 'Live updates are not available yet. Still trying to connect.'
        : 'Connection lost. Trying again; what you miss meanwhile will be caught up.'}
    </div>
  );
}
