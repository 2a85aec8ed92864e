/** Keeps the beginning and the end of a text of any length, and says how much was left out between them. */
export class HeadTailBuffer {
  private head = "";
  private tail = "";
  private dropped = 0;

  constructor(
    private readonly headLimit: number,
    private readonly tailLimit: number,
  ) {}

  add(text: string): void {
    let rest = text;
    if (this.head.length < this.headLimit) {
      const room = this.headLimit - this.head.length;
      this.head += rest.slice(0, room);
      rest = rest.slice(room);
    }
    if (!rest) return;
    this.tail += rest;
    // Trimmed once in a while, not for each piece.
    if (this.tail.length > this.tailLimit * 2) this.trim();
  }

  private trim(): void {
    const excess = this.tail.length - this.tailLimit;
    if (excess <= 0) return;
    this.dropped += excess;
    this.tail = this.tail.slice(excess);
  }

  text(): string {
    this.trim();
    return this.dropped ? `${this.head}\n… ${this.dropped} characters left out …\n${this.tail}` : this.head + this.tail;
  }
}
