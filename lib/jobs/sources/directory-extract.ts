import { chmod, lstat, readdir } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pluralize } from "@/lib/core/format-units";
import type { JobIo, StoredBackup } from "../contract";
import type { PinnedFolder } from "../files/pinned-folder";
import { RunError } from "../run-error";
import { untilAborted } from "../until-aborted";
import { ATTRIBUTES } from "./directory-create";
import { type ListedEntry, listArchive } from "./directory-list";
import { firstLines, limitedLog, shownName, Tally, tarMessage } from "./directory-messages";

/** Errors after which the archive or the disk cannot be trusted with the rest. */
const FATAL =
  /Unexpected EOF|not recoverable|not look like a tar archive|Skipping to next header|Malformed|No space left on device|Disk quota exceeded|Input\/output error|Read-only file system|memory exhausted/;

/**
 * Unpacks an archive into an open folder, with everything that its files carry. tar itself refuses members with
 * `..`, strips leading slashes and makes links that lead out only at its end, so nothing is written outside.
 * @returns what did not come back, a sentence each
 * @throws RunError when the archive or the disk ended before the restore
 */
export async function extractArchive(backup: StoredBackup, folder: PinnedFolder, io: JobIo): Promise<string[]> {
  const account = await extract(backup, folder, io);
  if (account.failed.count > 0 && (await untilAborted(io.signal, () => readdir(folder.at()))).length === 0) {
    throw new RunError(`Nothing could be restored: ${account.failed.names()}${account.failed.why()}.`);
  }
  const missing = account.sentences();
  // Modes mean more than they did where the access list or the owner beside them is missing.
  if (account.accessLists.count > 0 || account.owners.count > 0) {
    missing.push(...(await narrow(await backup.open(), folder.at(), account, io)));
  }
  return missing;
}

async function extract(backup: StoredBackup, folder: PinnedFolder, io: JobIo): Promise<ExtractAccount> {
  const account = new ExtractAccount();
  const log = limitedLog(io.log);
  const { code, stderr } = await io.tools.run(
    "tar",
    [
      "--extract",
      "--file=-",
      "--same-owner",
      "--same-permissions",
      "--delay-directory-restore",
      "--warning=no-timestamp",
      ...ATTRIBUTES,
      `--directory=${folder.inTool()}`,
    ],
    {
      ...((await backup.toolInput?.()) ?? { stdin: await backup.open() }),
      folders: [folder.fd],
      silenceMs: null,
      onLine(line) {
        log.line(line);
        account.add(line);
      },
    },
  );
  log.end();
  if (account.fatal || (code !== 0 && !account.isExplained)) {
    throw new RunError(`Only a part could be restored: ${firstLines(stderr || `exit code ${code}`)}`);
  }
  return account;
}

/** What tar says while it unpacks an archive: each refusal of the system, sorted by what it means. */
export class ExtractAccount {
  readonly owners = new Tally();
  readonly accessLists = new Tally();
  readonly failed = new Tally();
  fatal = false;
  private readonly capabilities = new Tally();
  private readonly attributes = new Tally();
  private readonly modes = new Tally();
  private readonly times = new Tally();
  private readonly devices = new Tally();
  private readonly other: string[] = [];

  /** @param line one line of tar's standard error, with `--quoting-style=escape` in English */
  add(line: string): void {
    const message = tarMessage(line);
    if (message === null) return;
    if (FATAL.test(message)) this.fatal = true;
    const attribute = /^\w+: Cannot set '([^']*)' extended attribute for file '(.*?)(?:': ([^:]+))?$/.exec(message);
    if (attribute) this.addAttribute(attribute[1] ?? "", shownName(attribute[2] ?? ""), attribute[3]);
    // Said of every file where there are no access lists, also of those that had none.
    else if (/^acl_\w+: /.test(message)) return;
    else {
      const [, name = "", what = ""] = /^((?:\\.|[^:\\])*): (.*)$/s.exec(message) ?? [];
      const reason = /: ([^:]+)$/.exec(what)?.[1];
      const tally = this.tallyFor(what);
      if (tally) tally.add(shownName(name), reason);
      else if (this.other.length < 20 && !/^Removing leading|^Exiting with failure status/.test(message))
        this.other.push(message);
    }
  }

  /** Whether it says anything about why tar failed. */
  get isExplained(): boolean {
    const { owners, failed, capabilities, modes, times, devices, attributes } = this;
    return [owners, failed, capabilities, modes, times, devices, attributes].some(({ count }) => count > 0);
  }

  /** What did not come back, a sentence each, and what else tar said. */
  sentences(): string[] {
    const { failed, devices, owners, capabilities, accessLists, attributes, modes, times } = this;
    const sentences: string[] = [];
    const say = (tally: Tally, text: (count: number) => string) => {
      if (tally.count > 0) sentences.push(`${text(tally.count)}: ${tally.names()}${tally.why()}.`);
    };
    say(failed, (count) => `${pluralize(count, "file or folder", "files or folders")} could not be restored`);
    say(devices, (count) => `${pluralize(count, "device node")} could not be made`);
    if (owners.count > 0) {
      const belongs = owners.count === 1 ? "belongs" : "belong";
      const why = isRoot() ? `the system refused it${owners.why()}` : "only root can give files away";
      sentences.push(`${pluralize(owners.count, "file")} ${belongs} to another user now: ${why}.`);
    }
    say(capabilities, (count) => `${pluralize(count, "file")} lost ${count === 1 ? "its" : "their"} capabilities`);
    say(accessLists, (count) => `${pluralize(count, "access list")} (ACL) could not be given back`);
    say(attributes, (count) => `${pluralize(count, "extended attribute")} could not be given back`);
    say(modes, (count) => `The mode of ${pluralize(count, "file")} could not be given back`);
    say(times, (count) => `The time of ${pluralize(count, "file")} could not be given back`);
    if (this.other.length > 0) sentences.push(firstLines(this.other.join("\n")));
    return sentences;
  }

  private addAttribute(attribute: string, name: string, reason: string | undefined): void {
    const isAccessList = attribute.startsWith("system.posix_acl_");
    const tally = isAccessList
      ? this.accessLists
      : attribute === "security.capability"
        ? this.capabilities
        : this.attributes;
    tally.add(name, reason);
  }

  private tallyFor(what: string): Tally | null {
    if (what.startsWith("Cannot change ownership")) return this.owners;
    if (what.startsWith("Cannot change mode")) return this.modes;
    if (what.startsWith("Cannot utime")) return this.times;
    if (what.startsWith("Cannot mknod")) return this.devices;
    return what.startsWith("Cannot ") || what.startsWith("Member name contains") ? this.failed : null;
  }
}

/**
 * Takes away what a mode would allow beyond the backup: all but the owner's rights where an access list is missing,
 * and running as owner or group where these are others now.
 */
async function narrow(archive: Readable, folder: string, account: ExtractAccount, io: JobIo): Promise<string[]> {
  const closed = new Tally();
  const unmarked = new Tally();
  for await (const entry of listArchive(archive, io)) {
    const isOpen = entry.hasAccessList && account.accessLists.count > 0;
    if (entry.type === "l" || entry.type === "h" || !(isOpen || entry.hasSetId)) continue;
    await untilAborted(io.signal, () => narrowOne(entry, isOpen, folder, closed, unmarked));
  }
  const sentences: string[] = [];
  if (closed.count > 0)
    sentences.push(
      `Without their access lists only the owner may use ${pluralize(closed.count, "file")} now: ${closed.names()}.`,
    );
  if (unmarked.count > 0)
    sentences.push(
      `${pluralize(unmarked.count, "program")} no longer ${unmarked.count === 1 ? "runs" : "run"} with the rights of ` +
        `another user or group: ${unmarked.names()}.`,
    );
  return sentences;
}

async function narrowOne(entry: ListedEntry, isOpen: boolean, folder: string, closed: Tally, unmarked: Tally) {
  const path = Buffer.concat([Buffer.from(`${folder}/`), entry.path]);
  const found = await lstat(path).catch(() => null);
  if (!found || found.isSymbolicLink()) return;
  let mode = found.mode & 0o7777;
  if (isOpen) mode &= ~0o077;
  const isForeign = found.uid !== entry.uid || found.gid !== entry.gid;
  if (entry.hasSetId && isForeign) mode &= ~0o6000;
  if (mode === (found.mode & 0o7777)) return;
  await chmod(path, mode);
  if (isOpen) closed.add(entry.path.toString());
  if (entry.hasSetId && isForeign) unmarked.add(entry.path.toString());
}

/** Whether this process may give files away. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}
