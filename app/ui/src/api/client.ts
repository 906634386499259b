import createClient from 'openapi-fetch';

import { problemOf, unreachable } from './problem';
import type { paths } from './schema.gen';

// Same origin: the session travels in an HttpOnly cookie that no script can read. `fetch` is looked
// up at each call, so that tests can stand in for it.
export const api = createClient<paths>({
  baseUrl: new URL('/api/v1', globalThis.location.href).href,
  credentials: 'same-origin',
  fetch: (request) => globalThis.fetch(request),
});

type Answer<T> = { data?: T; error?: unknown; response: Response };

let onSessionEnd: () => void = () => undefined;

// Who wants to know that a request was answered 401.
export function whenSessionEnds(listener: () => void): void {
  onSessionEnd = listener;
}

// The body of a success, or an ApiProblem is thrown.
export async function unwrap<T>(request: Promise<Answer<T>>): Promise<T> {
  return (await unwrapAnswer(request)).data;
}

// The same with the response, for its status or its headers.
export async function unwrapAnswer<T>(request: Promise<Answer<T>>): Promise<{ data: T; response: Response }> {
  let answer: Answer<T>;
  try {
    answer = await request;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw unreachable();
  }
  if (!answer.response.ok) {
    if (answer.response.status === 401) onSessionEnd();
    throw problemOf(answer.response, answer.error);
  }
  return { data: answer.data as T, response: answer.response };
}
