import { Readable } from "node:stream";

/** How pg_dump empties the search path, as the archive holds it: with its length in front. */
const STATEMENT = "SELECT pg_catalog.set_config('search_path', '', false);\n";
const ENTRY = lengthPrefixed(STATEMENT);
/** Of the same length. Sets what the database, or the role in it, has as its own. */
const OWN_ENTRY = lengthPrefixed(`${"RESET search_path;".padEnd(STATEMENT.length - 1)}\n`);
/** The entry is the third of the table of contents, right behind the header. */
const SEARCHED = 16 * 1024;

/** The archive's integers are a sign and four bytes, the least significant first. */
function lengthPrefixed(text: string): Buffer {
  const length = Buffer.alloc(5);
  length.writeUInt32LE(text.length, 1);
  return Buffer.concat([length, Buffer.from(text, "ascii")]);
}

/**
 * A dump in custom format, changed so that it is restored with the database's own search path. pg_dump empties the
 * search path, and everything that it writes does without. But the body of a function is the text its author wrote: one that names
 * another function without its schema works in the application, and fails when an index, a check or a materialized view that calls it is
 * restored. The dump itself is unchanged where it does not hold the statement.
 */
export function withOwnSearchPath(dump: Readable): Readable {
  const changed = Readable.from(replaceEntry(dump), { objectMode: false });
  changed.once("close", () => dump.destroy());
  return changed;
}

async function* replaceEntry(dump: Readable): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of dump as AsyncIterable<Buffer>) {
    if (head === null) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < SEARCHED) continue;
    yield replaced(head);
    head = null;
  }
  if (head?.length) yield replaced(head);
}

function replaced(head: Buffer): Buffer {
  const at = head.indexOf(ENTRY);
  if (at < 0 || at > SEARCHED) return head;
  const copy = Buffer.from(head);
  OWN_ENTRY.copy(copy, at);
  return copy;
}
