// Gathers what comes in quick succession, so that a page renders ten times a second at most, and where much
// comes four times, however many events arrive. After a pause the first one is passed on at once.
export class Batcher<T> {
  private waiting: T[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly deliver: (batch: T[]) => void,
    private readonly pause = 100,
    private readonly pauseOfMany = 250,
    private readonly many = 20,
  ) {}

  add(item: T): void {
    this.waiting.push(item);
    if (this.timer !== undefined) return;
    // Not synchronously: what comes in one burst of the socket belongs together.
    this.timer = setTimeout(this.flush, 0);
  }

  private readonly flush = (): void => {
    const batch = this.waiting;
    if (batch.length === 0) {
      this.timer = undefined;
      return;
    }
    this.waiting = [];
    this.timer = setTimeout(this.flush, batch.length < this.many ? this.pause : this.pauseOfMany);
    this.deliver(batch);
  };

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting = [];
  }
}
