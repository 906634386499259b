import type { Plugin, Rolldown } from 'vite';

// Which modules a page needs besides the bundle, for who comes to it first. What is missing here is only
// fetched later, when the bundle asks for it; a module that is not in the build is an error.
const kPages: ReadonlyArray<{ path: string; modules: string[] }> = [
  { path: '^/products/.', modules: ['shop/product_page'] },
  { path: '^/cart$', modules: ['shop/cart_page'] },
  { path: '^/checkout$', modules: ['shop/checkout_page'] },
  { path: '^/orders$', modules: ['shop/orders_page'] },
  { path: '^/orders/.', modules: ['shop/order_page'] },
  { path: '^/sign-in$', modules: ['shop/sign_in_page'] },
  { path: '^/sign-up$', modules: ['shop/sign_up_page'] },
  { path: '^/admin(/|$)', modules: ['admin/admin_layout', 'components/account_menu'] },
  { path: '^/admin/?$', modules: ['admin/dashboard_page'] },
  { path: '^/admin/orders(/|$)', modules: ['admin/orders_page'] },
  { path: '^/admin/orders/.', modules: ['admin/order_drawer'] },
  { path: '^/admin/products$', modules: ['admin/products_page'] },
  { path: '^/admin/products/new$', modules: ['admin/new_product_page'] },
  { path: '^/admin/products/(?!new$).', modules: ['admin/edit_product_page'] },
  { path: '^/admin/inventory$', modules: ['admin/inventory_page'] },
  { path: '^/admin/notifications$', modules: ['admin/notifications_page'] },
  { path: '^/ops(/|$)', modules: ['ops/ops_layout', 'components/account_menu'] },
  { path: '^/ops/?$', modules: ['ops/overview_page'] },
  { path: '^/ops/topics$', modules: ['ops/topics_page'] },
  { path: '^/ops/topics/.', modules: ['ops/topic_page'] },
  { path: '^/ops/groups$', modules: ['ops/groups_page'] },
  { path: '^/ops/lanes$', modules: ['ops/lanes_page'] },
  { path: '^/ops/dead-letters$', modules: ['ops/dead_letters_page'] },
  { path: '^/ops/traces(/|$)', modules: ['ops/trace_page'] },
  { path: '^/ops/audit$', modules: ['ops/audit_page'] },
];

const kReader = '<script src="/early.js">';

// Writes into index.html what public/early.js reads: the files of each page that index.html does not name.
// Without it a browser learns of that only when the bundle has come and runs.
export function pageCode(): Plugin {
  return {
    name: 'page-code',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle, chunk: entry }) {
        if (!bundle || !entry) throw new Error('page-code: this is not a build');
        const chunks = Object.values(bundle).filter((each) => each.type === 'chunk');
        const known = filesOf(entry, chunks, new Set());
        const pages = kPages.map(({ path, modules }) => {
          const files = new Set(modules.flatMap((module) => [...filesOf(pageOf(module, chunks), chunks, known)]));
          return { path, files: [...files].map((file) => `/${file}`) };
        });
        const list = `<script type="application/json" id="page-code">${JSON.stringify(pages)}</script>`;
        if (!html.includes(kReader)) throw new Error(`page-code: index.html has no ${kReader}`);
        return inTasksOfTheirOwn(html.replace(kReader, `${list}\n    ${kReader}`));
      },
    },
  };
}

// Imported, all of the bundle would begin in one task. As scripts of their own, in the order in which
// they need each other, its parts begin one by one, and a slow phone answers a touch between them.
function inTasksOfTheirOwn(html: string): string {
  const kPart = /\s*<link rel="modulepreload" crossorigin href="([^"]+)">/g;
  const kBundle = '<script type="module"';
  const parts = [...html.matchAll(kPart)].map(([, file]) => `<script type="module" crossorigin src="${file}"></script>`);
  return html.replace(kPart, '').replace(kBundle, [...parts, kBundle].join('\n    '));
}

function chunkOf(name: string, chunks: Rolldown.OutputChunk[]): Rolldown.OutputChunk {
  const found = chunks.find(({ fileName }) => fileName === name);
  if (!found) throw new Error(`page-code: the build has no ${name}`);
  return found;
}

function pageOf(module: string, chunks: Rolldown.OutputChunk[]): Rolldown.OutputChunk {
  const found = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(`/src/${module}.tsx`));
  if (!found) throw new Error(`page-code: the build has no page ${module}: has it been renamed?`);
  return found;
}

// The chunk's own file, its styles, and those of all that it imports, but for those known.
function filesOf(chunk: Rolldown.OutputChunk, chunks: Rolldown.OutputChunk[], known: ReadonlySet<string>, found = new Set<string>()): Set<string> {
  if (known.has(chunk.fileName) || found.has(chunk.fileName)) return found;
  found.add(chunk.fileName);
  for (const style of chunk.viteMetadata?.importedCss ?? []) found.add(style);
  for (const name of chunk.imports) filesOf(chunkOf(name, chunks), chunks, known, found);
  return found;
}
