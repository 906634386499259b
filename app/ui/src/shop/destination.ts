import type { User } from '../api/types';

// Where to go after signing in: where somebody came from, if that is a page of ours.
export function destination(params: URLSearchParams, role: User['role']): string {
  const next = params.get('next');
  if (next && /^\/(?![/\\])/.test(next)) return next;
  return role === 'admin' ? '/admin' : '/';
}
