import { Alert, Skeleton, Stack } from '@mantine/core';
import { IconCloudOff } from '@tabler/icons-react';
import type { ReactNode } from 'react';

import { explain } from '../api/problem';
import { ErrorState } from '../components/states';

type Query<T> = { data: T | undefined; error: unknown; isError: boolean; refetch: () => unknown };

// What a query brought. What was there before an error stays, and says that it is old.
export function Loaded<T>({ query, height = 320, children }: { query: Query<T>; height?: number; children: (data: T) => ReactNode }) {
  if (query.data === undefined) {
    return query.isError ? (
      <ErrorState error={query.error} onRetry={() => void query.refetch()} />
    ) : (
      <Stack gap="md" aria-hidden>
        <Skeleton h={height} />
      </Stack>
    );
  }
  return (
    <>
      {query.isError && (
        <Alert color="yellow" variant="light" mb="md" icon={<IconCloudOff size={20} />} title="This is not up to date" role="status">
          {explain(query.error)} It is asked for again all the time.
        </Alert>
      )}
      {children(query.data)}
    </>
  );
}
