import { QueryClient } from '@tanstack/react-query';

import { ApiProblem } from '../api/problem';

// Live events keep what is shown fresh; a minute is for what no event tells.
const kFreshFor = 60_000;

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: kFreshFor,
        gcTime: 300_000,
        // A refusal stays one; an outage may pass.
        retry: (failures, error) =>
          failures < 3 && (!(error instanceof ApiProblem) || error.status === 0 || error.status >= 500),
        retryDelay: (attempt) => Math.min(500 * 2 ** attempt, 5000),
      },
      mutations: { retry: false },
    },
  });
}
