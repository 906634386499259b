// Remembers the last `limit` ids. Events come at least once; each is applied once.
export class Seen {
  private readonly ids = new Set<string>();

  constructor(private readonly limit = 4096) {}

  // False when the id was there already.
  add(id: string): boolean {
    if (this.ids.has(id)) return false;
    this.ids.add(id);
    if (this.ids.size > this.limit) {
      // A Set keeps the order of insertion: the first is the oldest.
      for (const oldest of this.ids) {
        this.ids.delete(oldest);
        break;
      }
    }
    return true;
  }
}
