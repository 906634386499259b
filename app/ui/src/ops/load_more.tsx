import { Button, Center } from '@mantine/core';

type Query = { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };

// Stands below a list while there is more of it.
export function LoadMore({ query }: { query: Query }) {
  return (
    query.hasNextPage && (
      <Center p="sm">
        <Button variant="subtle" size="sm" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Load more
        </Button>
      </Center>
    )
  );
}
