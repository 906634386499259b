import { Button } from '@mantine/core';
import { IconMoodSad } from '@tabler/icons-react';
import { useEffect } from 'react';
import { useRouteError } from 'react-router';

import { EmptyState } from './states';

// Something of ours broke, or a newer version was installed and the old files are gone.
export function RouteError() {
  const error = useRouteError();
  useEffect(() => console.error(error), [error]);
  return (
    <div role="alert">
      <EmptyState
        icon={<IconMoodSad size={28} stroke={1.6} />}
        title="This page broke"
        level={1}
        action={<Button onClick={() => window.location.reload()}>Load it again</Button>}
      >
        It is our fault, or a newer version has just been installed. Loading the page again usually helps; your cart is kept.
      </EmptyState>
    </div>
  );
}
