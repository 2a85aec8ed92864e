import type { Readable } from "node:stream";

const BEGIN = Buffer.from("\nCOPY ");
const HEAD_END = Buffer.from(" FROM stdin;\n");
const DATA_END = Buffer.from("\n\\.\n");
const EMPTY = Buffer.from("\\.\n");

export interface CopyCount {
  /** Tables whose rows the dump holds, also those without any. */
  tables: number;
  /** Those with at least one row. */
  filledTables: number;
}

/**
 * Counts the tables in the data part of a dump written as SQL. Works on bytes, in constant memory, whatever the length
 * of a row. In this part a line `COPY …` begins a table, and a line of a row cannot be `\.`, which ends it.
 */
export async function countCopies(script: Readable): Promise<CopyCount> {
  const counter = new CopyCounter();
  for await (const chunk of script as AsyncIterable<Buffer>) counter.add(chunk);
  return { tables: counter.tables, filledTables: counter.filledTables };
}

type Part = "between" | "head" | "first_row" | "rows";

class CopyCounter {
  tables = 0;
  filledTables = 0;
  private part: Part = "between";
  /** What may be the beginning of a mark that the next chunk ends. */
  private carry: Buffer = Buffer.from("\n");

  add(chunk: Buffer): void {
    const bytes = this.carry.length ? Buffer.concat([this.carry, chunk]) : chunk;
    let at = 0;
    for (;;) {
      const next = this.step(bytes, at);
      if (next === null) break;
      at = next;
    }
    this.carry = Buffer.from(bytes.subarray(Math.max(at, bytes.length - this.kept())));
  }

  /** @returns where to go on; null: the next chunk decides */
  private step(bytes: Buffer, at: number): number | null {
    if (this.part === "first_row") return this.firstRow(bytes, at);
    const [mark, next, overlap] = this.awaited();
    const found = bytes.indexOf(mark, at);
    if (found < 0) return null;
    this.part = next;
    return found + mark.length - overlap;
  }

  /** What ends a part, the part behind it, and how many bytes of it belong to both. */
  private awaited(): [mark: Buffer, next: Part, overlap: number] {
    if (this.part === "between") return [BEGIN, "head", 0];
    if (this.part === "head") return [HEAD_END, "first_row", 0];
    return [DATA_END, "between", 1];
  }

  private firstRow(bytes: Buffer, at: number): number | null {
    if (bytes.length - at < EMPTY.length && bytes[at] !== 10) return null;
    const isEmpty = bytes.subarray(at, at + EMPTY.length).equals(EMPTY);
    this.tables++;
    if (!isEmpty) this.filledTables++;
    this.part = isEmpty ? "between" : "rows";
    // The line break in front of a row may be the first byte of what ends the rows.
    return isEmpty ? at + EMPTY.length - 1 : at;
  }

  private kept(): number {
    return this.part === "first_row" ? EMPTY.length : this.awaited()[0].length - 1;
  }
}
