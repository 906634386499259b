import { Alert } from '@mantine/core';
import { IconHelpCircle } from '@tabler/icons-react';

// What is not known, and why.
export function Problems({ problems }: { problems: readonly string[] }) {
  if (problems.length === 0) return null;
  return (
    <Alert color="yellow" variant="light" my="md" icon={<IconHelpCircle size={20} />} title="Not everything is known" role="status">
      {problems.join(' ')}
    </Alert>
  );
}
