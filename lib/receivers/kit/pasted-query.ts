import { decodeLeniently } from "./decode";

/** What a query says once it is known what a tool has appended to an address that had a query already. */
interface PastedQuery {
  params: URLSearchParams;
  /** What follows the last slash of each value: `fail` in `create=1/fail`. Most of it may be no path at all. */
  tails: string[];
}

/**
 * Reads the query of an address that people paste into a tool which appends a path: `?create=1` becomes `?create=1/fail`, and
 * `?create=1/fail?create=1`. Read by the letter it would be a success. Some tools encode what they append.
 * @param texts the parameters that hold a text of the sender's own: an encoded slash or question mark is a sign of that text
 */
export function readPastedQuery(query: string, texts: readonly string[] = []): PastedQuery {
  const params = new URLSearchParams();
  const tails: string[] = [];
  for (const pair of query.split(/[?&]/).flatMap((each) => splitPair(each, texts))) {
    const [head = "", ...tail] = pair.split("/");
    for (const [name, value] of new URLSearchParams(head)) params.set(name, value);
    tails.push(...tail.filter(Boolean).slice(-1).map(decodeLeniently));
  }
  return { params, tails };
}

/** A pair as it is, if it is a text; any other can be several by what was appended in encoded signs. */
function splitPair(pair: string, texts: readonly string[]): string[] {
  const name = decodeLeniently(/^[^=]*/.exec(pair)?.[0] ?? "");
  if (texts.includes(name)) return [pair];
  return pair.replace(/%2f/gi, "/").split(/\?|%3f/i);
}

/**
 * The query that a tool has appended to an address with one of its own: of `status=up&msg=OK&ping=?status=down`, `status=down`.
 * @param name the parameter that each of them has
 */
export function lastQuery(query: string, name: string): string {
  const mark = query.replace(/%3f/gi, "?").split(`?${name}=`);
  return mark.length === 1 ? query : `${name}=${mark.at(-1)}`;
}
