import { Text, Title } from '@mantine/core';

import type { Header } from './contract';
import classes from './ops.module.css';
import { payloadText } from './ops_format';

export function Payload({ payload }: { payload: unknown }) {
  const text = payloadText(payload);
  return (
    <div>
      <Title order={3} size="h6" mb={6}>
        Payload
      </Title>
      {text === '' ? (
        <Text c="dimmed" size="sm">
          None: a tombstone.
        </Text>
      ) : (
        // Scrollable by keyboard: it can have the focus.
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        <pre className={classes.payload} tabIndex={0} aria-label="Payload" role="region">
          {text}
        </pre>
      )}
    </div>
  );
}

export function Headers({ headers }: { headers: readonly Header[] }) {
  if (headers.length === 0) return null;
  return (
    <div>
      <Title order={3} size="h6" mb={6}>
        Headers
      </Title>
      <dl className={classes.facts}>
        {headers.map(({ name, value, value_base64 }, index) => (
          <div key={`${name}${index}`} style={{ display: 'contents' }}>
            <dt className={classes.code}>{name}</dt>
            <dd className={classes.code}>{value ?? value_base64 ?? 'none'}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
