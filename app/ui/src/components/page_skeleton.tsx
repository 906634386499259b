import { Container, Skeleton, Stack } from '@mantine/core';

// Holds the place of a page whose code is on its way.
export function PageSkeleton() {
  return (
    <Container size="lg" py={48} aria-hidden>
      <Stack gap="lg" mih="100vh">
        <Skeleton h={40} w="40%" />
        <Skeleton h={20} w="65%" />
        <Skeleton h={320} />
      </Stack>
    </Container>
  );
}
