import { pluralize } from "@/lib/core/format-units";
import type { Dump, JobIo } from "../contract";
import type { PinnedFolder } from "../files/pinned-folder";
import { RunError } from "../run-error";
import { firstLines, limitedLog, shownName, Tally, tarMessage } from "./directory-messages";

/** What travels beside names, contents and modes, when an archive is made as well as when it is unpacked. */
export const ATTRIBUTES = ["--acls", "--xattrs", "--xattrs-include=*", "--numeric-owner", "--quoting-style=escape"];

const ACCESS_ADVICE = "Give the user that Belfry runs as access to these files, or leave them out by a pattern.";

/**
 * Archives a folder with tar. What can be read is kept; what cannot is named in a warning.
 * @param left tar's options for what is left out
 */
export function createArchive(root: PinnedFolder, left: string[], io: JobIo): Dump {
  const account = new CreateAccount();
  const log = limitedLog(io.log);
  // tar itself goes into the root: as its working folder, a disk that does not answer would hold up this whole process.
  const { stdout, ended } = io.tools.start(
    "tar",
    [
      "--create",
      "--file=-",
      "--format=posix",
      // Neither comes back from a restore, and both would make two archives of the same files differ.
      "--pax-option=delete=atime,delete=ctime",
      "--sparse",
      ...ATTRIBUTES,
      ...left,
      `--directory=${root.inTool()}`,
      "--",
      ".",
    ],
    {
      folders: [root.fd],
      onLine(line) {
        log.line(line);
        account.add(line);
      },
    },
  );
  const judged = ended.then(({ code, stderr }) => {
    log.end();
    return { warnings: account.judge(code, stderr) };
  });
  // A reader of the archive may give up first; the rejection is still its to await.
  judged.catch(() => undefined);
  return { stream: stdout, ended: judged };
}

/** What tar says while it makes an archive, sorted by what it means for the backup. */
export class CreateAccount {
  private readonly unreadable = new Tally();
  private readonly damaged = new Tally();
  private readonly changed = new Tally();
  private readonly removed = new Tally();
  private readonly attributes = new Tally();
  private readonly other: string[] = [];
  private isRootUnreadable = false;

  /** @param line one line of tar's standard error, with `--quoting-style=escape` in English */
  add(line: string): void {
    const message = tarMessage(line);
    if (message === null || isOfNoConsequence(message)) return;
    const [, name = "", what = ""] = /^((?:\\.|[^:\\])*): (.*)$/s.exec(message) ?? [];
    const shown = shownName(name);
    const reason = /: ([^:]+)$/.exec(what)?.[1] ?? "";
    if (/^File shrank by \d+ bytes|^Read error at byte|^Cannot (read|seek)\b/.test(what))
      this.damaged.add(shown, reason);
    else if (what.startsWith("file changed as we read it")) this.changed.add(shown);
    else if (what.startsWith("File removed before we read it") || isGone(what)) this.removed.add(shown);
    else if (/^Warning: Cannot \w+:/.test(what)) this.attributes.add(shown, reason);
    else if (
      /^(Warning: )?Cannot (open|stat|savedir|readlink|close)\b|not dumped$|file ignored$/.test(what) &&
      name !== "-"
    ) {
      if (name === ".") this.isRootUnreadable = true;
      this.unreadable.add(shown, reason);
    } else if (this.other.length < 20) this.other.push(message);
  }

  /**
   * @param code tar's exit code: 1 when files changed while they were read, 2 for any error
   * @returns warnings, a sentence or two each
   * @throws RunError when the archive is not whole, or the root could not be read
   */
  judge(code: number, stderr: string): string[] {
    const isExplained = this.unreadable.count + this.damaged.count + this.removed.count > 0;
    if (this.isRootUnreadable || (code > 1 && (this.other.length > 0 || !isExplained))) {
      const why = this.isRootUnreadable ? stderr : this.other.join("\n") || stderr || `exit code ${code}`;
      throw new RunError(`tar could not make the archive: ${firstLines(why)}`, {
        advice: this.isRootUnreadable ? ACCESS_ADVICE : null,
      });
    }
    return [...this.sentences(), ...(code > 0 && this.other.length > 0 ? [firstLines(this.other.join("\n"))] : [])];
  }

  private sentences(): string[] {
    const { unreadable, damaged, changed, removed, attributes } = this;
    const sentences: string[] = [];
    if (unreadable.count > 0) {
      const advice = [...unreadable.reasons].includes("Permission denied") ? ` ${ACCESS_ADVICE}` : "";
      const is = unreadable.count === 1 ? "is" : "are";
      sentences.push(
        `${pluralize(unreadable.count, "file or folder", "files or folders")} could not be read and ${is} not in the backup: ` +
          `${unreadable.names()}${unreadable.why()}.${advice}`,
      );
    }
    if (damaged.count > 0) {
      const is = damaged.count === 1 ? "is" : "are";
      sentences.push(
        `${pluralize(damaged.count, "file")} ${is} damaged in the backup, with zeros in place of what could not be read: ` +
          `${damaged.names()}${damaged.why()}.`,
      );
    }
    if (changed.count > 0) {
      sentences.push(
        `${pluralize(changed.count, "file or folder", "files or folders")} changed while being read: ${changed.names()}.`,
      );
    }
    if (removed.count > 0) {
      sentences.push(`${pluralize(removed.count, "file")} disappeared before being read: ${removed.names()}.`);
    }
    if (attributes.count > 0) {
      sentences.push(
        `Access lists or extended attributes could not be read ${pluralize(attributes.count, "time")}: ` +
          `${attributes.names()}${attributes.why()}.`,
      );
    }
    return sentences;
  }
}

function isGone(what: string): boolean {
  return /^Cannot (open|stat|readlink): No such file or directory$/.test(what);
}

/** What only the log needs to say. */
function isOfNoConsequence(message: string): boolean {
  return /: (socket|door) ignored$|^Exiting with failure status due to previous errors$/.test(message);
}
