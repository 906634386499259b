import { Button } from '@mantine/core';
import { IconMapPinOff } from '@tabler/icons-react';
import { Link } from 'react-router';

import { usePageTitle } from '../lib/use_page_title';
import { EmptyState } from './states';

export function NotFoundPage() {
  usePageTitle('Not found');
  return (
    <EmptyState
      icon={<IconMapPinOff size={28} stroke={1.6} />}
      title="There is no such page"
      level={1}
      action={
        <Button component={Link} to="/">
          To the shop
        </Button>
      }
    >
      The address may be mistyped, or what was here has moved.
    </EmptyState>
  );
}
