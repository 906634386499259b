// What a first visit to each area downloads, compressed as the gateway sends it. Fails above the limit.
// Usage: node scripts/check_first_load.mjs [DIST]
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const kLimit = 300 * 1024;

// What every page fetches by itself once it stands.
const kAfterwards = ['node_modules/socket.io-client/build/esm/index.js'];

// The files of the first page of each area that the entry does not import itself.
const kAreas = {
  shop: [],
  admin: ['src/admin/admin_layout.tsx', 'src/components/account_menu.tsx', 'src/admin/dashboard_page.tsx'],
  ops: ['src/ops/ops_layout.tsx', 'src/components/account_menu.tsx', 'src/ops/overview_page.tsx'],
};

const dist = path.resolve(process.argv[2] ?? path.join(import.meta.dirname, '..', 'dist'));
const manifest = JSON.parse(readFileSync(path.join(dist, '.vite', 'manifest.json'), 'utf8'));

function filesOf(key, found = new Set(), visited = new Set()) {
  if (visited.has(key)) return found;
  visited.add(key);
  const chunk = manifest[key];
  if (!chunk) throw new Error(`the build has no ${key}: has it been renamed?`);
  for (const file of [chunk.file, ...(chunk.css ?? []), ...(chunk.assets ?? [])]) found.add(file);
  for (const each of chunk.imports ?? []) filesOf(each, found, visited);
  return found;
}

// Fonts are compressed already.
function sizeOf(file) {
  const bytes = readFileSync(path.join(dist, file));
  return file.endsWith('.woff2') ? bytes.length : gzipSync(bytes, { level: 9 }).length;
}

let isGood = true;
for (const [area, extra] of Object.entries(kAreas)) {
  const files = new Set(['index.html', 'early.js', 'favicon.svg']);
  for (const key of ['index.html', ...kAfterwards, ...extra]) filesOf(key, files);
  const sizes = [...files].map((file) => [file, sizeOf(file)]).sort((a, b) => b[1] - a[1]);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  const verdict = total <= kLimit ? 'good' : 'TOO LARGE';
  console.log(`${area}: ${(total / 1024).toFixed(1)} KB of ${kLimit / 1024} KB at first load, ${verdict}`);
  if (total > kLimit || process.argv.includes('--files')) {
    isGood &&= total <= kLimit;
    for (const [file, size] of sizes.slice(0, 25)) console.log(`  ${(size / 1024).toFixed(1).padStart(6)} KB  ${file}`);
  }
}
process.exit(isGood ? 0 : 1);
