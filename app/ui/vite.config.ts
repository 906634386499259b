import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

import { pageCode } from './scripts/page_code';

// Where bin/up's gateway listens, for `npm run dev` beside it.
const gateway = `http://127.0.0.1:${process.env.GATEWAY_PORT ?? '3008'}`;

export default defineConfig({
  plugins: [react(), pageCode()],
  build: {
    target: 'es2023',
    // The first that know light-dark(): written out for older ones, it would not follow the chosen scheme.
    cssTarget: ['chrome123', 'edge123', 'firefox120', 'safari17.5'],
    manifest: true,
    // The gateway sends the built files compressed; the build itself needs no estimate.
    reportCompressedSize: false,
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // The bundle in parts that begin one by one (scripts/page_code.ts); pages stay as they are imported.
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\//, priority: 3 },
            { name: 'router', test: /node_modules\/(react-router|cookie|set-cookie-parser)\//, priority: 2 },
            { name: 'libraries', test: /node_modules\//, tags: ['$initial'], priority: 1 },
            { name: 'app', tags: ['$initial'], priority: 0 },
          ],
        },
      },
    },
  },
  server: {
    proxy: {
      '/api': { target: gateway },
      '/socket.io': { target: gateway, ws: true },
    },
  },
  test: {
    // What needs a browser is tried in a browser (spec/e2e/ui).
    environment: 'node',
    setupFiles: ['./src/testing/setup.ts'],
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
  },
});
