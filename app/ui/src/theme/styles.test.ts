import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, it } from 'vitest';

const source = path.resolve(import.meta.dirname, '..');
const styles = path.resolve(source, '../node_modules/@mantine/core/styles');

function usedComponents(): Set<string> {
  const used = new Set<string>();
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.tsx')) continue;
    const text = readFileSync(path.join(source, file), 'utf8');
    for (const [, names = ''] of text.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g)) {
      for (const name of names.split(',')) used.add(name.trim());
    }
  }
  return used;
}

it('imports the styles of every component in use', () => {
  const imported = readFileSync(path.join(source, 'theme/styles.css'), 'utf8');
  const missing = [...usedComponents()]
    .filter((name) => existsSync(path.join(styles, `${name}.css`)))
    .filter((name) => !imported.includes(`/${name}.css'`));
  expect(missing).toEqual([]);
});
