import { useState } from 'react';

// Whether all of them have been answered once, well or not. A page that waits for it shows its parts at
// once, so that none of them is pushed down by another that comes later.
export function useFirstLoad(...queries: ReadonlyArray<{ isPending: boolean }>): boolean {
  const [isDone, setIsDone] = useState(false);
  const isAnswered = queries.every(({ isPending }) => !isPending);
  if (isAnswered && !isDone) setIsDone(true);
  return isDone || isAnswered;
}
