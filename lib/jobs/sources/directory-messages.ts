/** Names that a sentence gives before it only counts. */
const NAMED = 3;
/** Lines of tar that reach a run's log. */
const LOGGED = 200;

/** Counts names and keeps the first few, whatever their number. */
export class Tally {
  count = 0;
  private readonly first: string[] = [];
  readonly reasons = new Set<string>();

  add(name: string, reason = ""): void {
    this.count++;
    if (this.first.length < NAMED) this.first.push(name);
    if (reason && this.reasons.size < NAMED) this.reasons.add(reason);
  }

  /** `a, b, c and 9 more`. */
  names(): string {
    const rest = this.count - this.first.length;
    return this.first.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
  }

  /** ` (Permission denied)`; empty without a reason. */
  why(): string {
    return this.reasons.size > 0 ? ` (${[...this.reasons].join("; ")})` : "";
  }
}

/** A line of tar's standard error without the name of the program; null: the second line of a name. */
export function tarMessage(line: string): string | null {
  return /^(?:\S*\/)?tar: (.*)$/.exec(line)?.[1] ?? null;
}

/** A name as tar's messages write it, for people: `./a\:b` is `a:b`. Line breaks stay escaped. */
export function shownName(name: string): string {
  const plain = name.replace(/\\:/g, ":").replace(/\\ /g, " ");
  return plain.startsWith("./") && plain.length > 2 ? plain.slice(2) : plain;
}

/** The bytes of a name that tar wrote with `--quoting-style=escape`. */
export function unescapedName(name: string): Buffer {
  const LETTERS: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };
  const parts = name.split(/(\\(?:[0-7]{3}|[^0-7]))/s).filter(Boolean);
  return Buffer.concat(
    parts.map((part) => {
      if (!part.startsWith("\\") || part.length === 1) return Buffer.from(part);
      const rest = part.slice(1);
      if (/^[0-7]{3}$/.test(rest)) return Buffer.from([Number.parseInt(rest, 8)]);
      const letter = LETTERS[rest];
      return letter === undefined ? Buffer.from(rest) : Buffer.from([letter]);
    }),
  );
}

/** Passes the first lines on to a log, and says how many followed. */
export function limitedLog(log: (line: string) => void): { line(text: string): void; end(): void } {
  let count = 0;
  return {
    line(text) {
      if (++count <= LOGGED) log(text);
    },
    end() {
      if (count > LOGGED) log(`and ${count - LOGGED} more lines of tar`);
    },
  };
}

/** The first lines of a text, and how many follow. */
export function firstLines(text: string): string {
  const lines = text.split("\n").filter(Boolean);
  return lines.length > 5 ? `${lines.slice(0, 5).join("\n")}\nand ${lines.length - 5} more lines.` : lines.join("\n");
}
