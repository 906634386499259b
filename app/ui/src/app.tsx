import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { createBrowserRouter, RouterProvider } from 'react-router';

import { makeQueryClient } from './data/query_client';
import { RealtimeProvider } from './realtime/provider';
import { routes } from './routes';
import { SessionProvider } from './session/session';
import { cssVariables, theme } from './theme/theme';

const router = createBrowserRouter(routes);

export function App() {
  const [client] = useState(makeQueryClient);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <SessionProvider>
          <RealtimeProvider>
            <RouterProvider router={router} />
          </RealtimeProvider>
        </SessionProvider>
      </QueryClientProvider>
    </MantineProvider>
  );
}
