import { pluralize } from "@/lib/core/format-units";
import { describeEntry, type TocEntry } from "./postgres-toc";

/** One thing that pg_restore could not do. */
export interface RestoreFailure {
  /** The entry of the table of contents; null: belongs to none. */
  id: number | null;
  /** The server's own error, without `ERROR:`. */
  error: string;
  /** The first line of the statement; empty for rows. */
  command: string;
}

const FAILURES_KEPT = 100_000;

/**
 * Reads what pg_restore prints with `--verbose` while it works. Its own words are English whatever the server's
 * language is; only they are compared.
 */
export class FailureReader {
  readonly failures: RestoreFailure[] = [];
  /** It went on to the end and counted what failed. Otherwise it gave up. */
  isFinished = false;
  private id: number | null = null;

  /** @returns whether the line belongs into a log: not what merely says that it works */
  line(line: string): boolean {
    const own = /^pg_restore: (.*)$/.exec(line)?.[1];
    if (own === undefined) return this.more(line);
    const entry = /^from TOC entry (\d+);/.exec(own)?.[1];
    if (entry) this.id = Number(entry);
    if (/^warning: errors ignored on restore: \d+/.test(own)) this.isFinished = true;
    const error =
      /^error: (?:could not execute query: |COPY failed for table ".*?": |error returned by \S+: )?(.*)$/s.exec(
        own,
      )?.[1];
    if (error !== undefined && this.failures.length < FAILURES_KEPT) {
      this.failures.push({ id: this.id, error: withoutSeverity(error), command: "" });
    }
    return /^(error|warning):/.test(own);
  }

  private more(line: string): boolean {
    const last = this.failures.at(-1);
    const command = /^Command was: (.*)$/.exec(line)?.[1];
    if (last && command !== undefined && !last.command) last.command = command;
    return false;
  }
}

/** The severity is in the server's language. */
function withoutSeverity(error: string): string {
  return error.replace(/^[^\s:"]+: +/, "");
}

/** Whether only the owner of an object could not be set: the object is there. */
export function isOwnerFailure({ command }: RestoreFailure): boolean {
  return /^ALTER .* OWNER TO /.test(command);
}

const SENTENCES = 60;
const NAMES = 5;
const ERROR_KEPT = 300;

/** Groups what failed for the same reason into one sentence, and cuts what nobody would read. */
export function groupSentences(
  failed: readonly { what: string; error: string }[],
  verb: (count: number) => string,
): string[] {
  const groups = new Map<string, string[]>();
  for (const { what, error } of failed) {
    const group = groups.get(error);
    if (group) group.push(what);
    else groups.set(error, [what]);
  }
  const all = [...groups].map(([error, things]) => {
    const names = [...new Set(things)];
    return `${capitalized(listNames(names))} ${verb(names.length)}: ${cutSentence(error)}`;
  });
  const rest = all.length - SENTENCES;
  return rest > 0
    ? [...all.slice(0, SENTENCES), `And ${pluralize(rest, "more reason")}; the server's log has all.`]
    : all;
}

/** `a, b and 3 more` */
export function listNames(names: readonly string[], kept = NAMES): string {
  if (names.length <= 1) return names[0] ?? "";
  const shown = names.length > kept + 1 ? names.slice(0, kept) : names.slice(0, -1);
  const last = names.length > kept + 1 ? `${names.length - kept} more` : names.at(-1);
  return `${shown.join(", ")} and ${last}`;
}

/** Failed objects as sentences. */
export function missingObjects(
  failures: readonly RestoreFailure[],
  entries: ReadonlyMap<number, TocEntry>,
  roles: ReadonlySet<string>,
): string[] {
  const failed = failures.map(({ id, error, command }) => {
    const entry = id === null ? undefined : entries.get(id);
    return { what: entry ? describeEntry(entry, roles) : `the statement ${cutSentence(command)}`, error };
  });
  return groupSentences(failed, () => "did not come back");
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

export function cutSentence(text: string): string {
  return text.length > ERROR_KEPT ? `${text.slice(0, ERROR_KEPT)}…` : text;
}
