// Calls at most once in `pause` milliseconds: at once after a pause, else at its end. So much as one call
// is never lost.
export function throttle(call: () => void, pause: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsked = false;
  const rest = () => {
    timer = undefined;
    if (!isAsked) return;
    isAsked = false;
    run();
  };
  const run = () => {
    timer = setTimeout(rest, pause);
    call();
  };
  return () => {
    if (timer === undefined) run();
    else isAsked = true;
  };
}
