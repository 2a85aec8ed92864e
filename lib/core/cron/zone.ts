/** A moment at which a zone's offset from UTC changes, milliseconds. */
export interface ZoneChange {
  at: number;
  /** Local time minus UTC before the change, and from it on. */
  before: number;
  after: number;
}

/** A stretch of time in one zone. */
interface Block {
  offset: number;
  changes: ZoneChange[];
}

const BLOCK_MS = 400 * 86_400_000;
/** No zone changes twice within so long and ends up where it was. */
const STEP_MS = 4 * 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();
const blocks = new Map<string, Block>();

/** Local time minus UTC at a moment, milliseconds. @throws RangeError for an unknown zone */
export function offsetAt(timezone: string, at: number): number {
  const block = blockOf(timezone, at);
  return block.changes.findLast((change) => change.at <= at)?.after ?? block.offset;
}

/** The first change of offset after one moment and up to another, both milliseconds; null when there is none. */
export function nextChange(timezone: string, after: number, until: number): ZoneChange | null {
  for (let at = after; ; at = (Math.floor(at / BLOCK_MS) + 1) * BLOCK_MS) {
    const found = blockOf(timezone, at).changes.find((change) => change.at > after);
    if (found) return found.at <= until ? found : null;
    if (Math.floor(at / BLOCK_MS) >= Math.floor(until / BLOCK_MS)) return null;
  }
}

function blockOf(timezone: string, at: number): Block {
  const index = Math.floor(at / BLOCK_MS);
  const key = `${timezone}\n${index}`;
  let block = blocks.get(key);
  if (!block) {
    block = readBlock(timezone, index * BLOCK_MS);
    if (blocks.size > 5_000) blocks.clear();
    blocks.set(key, block);
  }
  return block;
}

/** A change at the very beginning of a block belongs to it: the walk starts one second earlier. */
function readBlock(timezone: string, start: number): Block {
  const changes: ZoneChange[] = [];
  let from = start - 1_000;
  let before = readOffset(timezone, from);
  const offset = before;
  while (from < start + BLOCK_MS - 1_000) {
    const to = Math.min(from + STEP_MS, start + BLOCK_MS - 1_000);
    const after = readOffset(timezone, to);
    if (after !== before) {
      const at = findChange(timezone, from, to, before);
      const then = readOffset(timezone, at);
      changes.push({ at, before, after: then });
      before = then;
      from = at;
    } else from = to;
  }
  return { offset, changes };
}

/** Changes happen on whole seconds. */
function findChange(timezone: string, from: number, to: number, before: number): number {
  let [low, high] = [from / 1_000, to / 1_000];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (readOffset(timezone, middle * 1_000) === before) low = middle;
    else high = middle;
  }
  return high * 1_000;
}

function readOffset(timezone: string, at: number): number {
  if (timezone === "UTC") return 0;
  const [month, day, year, hour, minute, second] = (formatOf(timezone).format(at).match(/\d+/g) ?? []).map(Number);
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second) - at;
}

function formatOf(timezone: string): Intl.DateTimeFormat {
  let format = formats.get(timezone);
  if (!format) {
    const [year, month, day, hour, minute, second] = Array<"numeric">(6).fill("numeric");
    const parts = { year, month, day, hour, minute, second };
    format = new Intl.DateTimeFormat("en-US", { timeZone: timezone, hourCycle: "h23", ...parts });
    if (formats.size > 1_000) formats.clear();
    formats.set(timezone, format);
  }
  return format;
}
