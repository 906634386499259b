import { Group } from '@mantine/core';
import type { ReactNode } from 'react';

import classes from './page_header.module.css';

export function PageHeader({ title, subtitle, children }: { title: string; subtitle?: ReactNode; children?: ReactNode }) {
  return (
    <Group justify="space-between" align="flex-end" mb="lg" gap="sm">
      <div>
        <h1 className={classes.title}>{title}</h1>
        <p className={classes.subtitle}>{subtitle ?? ' '}</p>
      </div>
      {children}
    </Group>
  );
}
