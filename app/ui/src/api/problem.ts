import type { Problem } from './types';

// An answer that is not a success, or none at all (status 0). `message` is a sentence for people.
export class ApiProblem extends Error {
  readonly status: number;
  readonly errors: ReadonlyArray<{ pointer: string; message: string }>;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, message: string, options: { errors?: Problem['errors']; retryAfterSeconds?: number } = {}) {
    super(message);
    this.name = 'ApiProblem';
    this.status = status;
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  // The message for one field of a form, such as `/shipping_address/city`.
  errorAt(pointer: string): string | undefined {
    const found = this.errors.find((error) => error.pointer === pointer);
    return found && sentence(found.message);
  }
}

// "must be a text" -> "Must be a text."
export function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  const capital = trimmed.charAt(0).toUpperCase() + trimmed.slice(1);
  return /[.!?]$/.test(capital) ? capital : `${capital}.`;
}

const kFallbacks: Record<number, string> = {
  0: 'The shop cannot be reached. Check your connection and try again.',
  401: 'Your session has ended. Please sign in again.',
  403: 'You are not allowed to do this.',
  404: 'There is no such thing here.',
  409: 'This is not possible in the present state.',
  412: 'Somebody changed this in the meantime.',
  429: 'That was too often. Please wait a moment.',
  503: 'The shop is not available right now. Try again in a moment.',
};

export function problemOf(response: Response, body: unknown): ApiProblem {
  const problem = (typeof body === 'object' && body !== null ? body : {}) as Partial<Problem>;
  const retryAfter = Number(response.headers.get('Retry-After'));
  const fallback = kFallbacks[response.status] ?? 'Something went wrong on our side. Try again in a moment.';
  return new ApiProblem(response.status, problem.detail ? sentence(problem.detail) : fallback, {
    errors: problem.errors,
    retryAfterSeconds: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : undefined,
  });
}

export function unreachable(): ApiProblem {
  return new ApiProblem(0, kFallbacks[0] ?? '');
}

// A sentence for whatever was thrown.
export function explain(error: unknown): string {
  if (error instanceof ApiProblem) {
    const details = error.errors.map(({ message }) => sentence(message));
    const unique = [...new Set(details)].filter((detail) => !error.message.includes(detail));
    return [error.message, ...unique].join(' ');
  }
  return 'Something went wrong. Try again in a moment.';
}

export function isStatus(error: unknown, status: number): boolean {
  return error instanceof ApiProblem && error.status === status;
}
