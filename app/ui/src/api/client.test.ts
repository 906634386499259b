import { describe, expect, it, vi } from 'vitest';

import { api, unwrap, whenSessionEnds } from './client';
import { ApiProblem, explain } from './problem';

const answer = (status: number, body: unknown, headers = {}) =>
  vi.stubGlobal('fetch', () =>
    Promise.resolve(
      new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/problem+json', ...headers } }),
    ),
  );

async function problemOfMe(): Promise<ApiProblem> {
  const error: unknown = await unwrap(api.GET('/me')).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiProblem);
  return error as ApiProblem;
}

describe('a refusal', () => {
  it('is explained in the words of the API, with the mistakes it names', async () => {
    answer(422, { detail: 'The order cannot be placed.', errors: [{ pointer: '/items/0/product_id', message: 'is archived' }] });
    const problem = await problemOfMe();
    expect(explain(problem)).toBe('The order cannot be placed. Is archived.');
    expect(problem.errorAt('/items/0/product_id')).toBe('Is archived.');
  });

  it('says when to come again', async () => {
    answer(429, {}, { 'Retry-After': '42' });
    expect((await problemOfMe()).retryAfterSeconds).toBe(42);
  });

  it('of a session is told to whoever keeps it', async () => {
    const listener = vi.fn();
    whenSessionEnds(listener);
    answer(401, {});
    await problemOfMe();
    expect(listener).toHaveBeenCalledOnce();
  });
});

it('says that the shop cannot be reached when there is no answer', async () => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed to fetch')));
  const problem = await problemOfMe();
  expect(problem.status).toBe(0);
  expect(explain(problem)).toContain('cannot be reached');
});
