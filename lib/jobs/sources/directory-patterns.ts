import ignore, { type Ignore } from "ignore";
import { pluralize } from "@/lib/core/format-units";
import type { WalkedEntry } from "./directory-walk";

/** Paths that a matcher may remember: it keeps its answer for each. */
const REMEMBERED = 1_000;

/** Patterns as git reads them in a .gitignore: https://git-scm.com/docs/gitignore */
export class PatternMatcher {
  private matcher: Ignore;
  private asked = 0;

  constructor(private readonly patterns: readonly string[]) {
    this.matcher = this.newMatcher();
  }

  /** Whether a file or folder is left out, or lies in a folder that is. */
  leavesOut({ text, kind }: Pick<WalkedEntry, "text" | "kind">): boolean {
    if (++this.asked % REMEMBERED === 0) this.matcher = this.newMatcher();
    return this.matcher.ignores(kind === "directory" ? `${text}/` : text);
  }

  private newMatcher(): Ignore {
    return ignore({ ignoreCase: false }).add([...this.patterns]);
  }
}

/** Whether a line is a pattern: neither blank nor a comment. */
export function isPattern(line: string): boolean {
  return line.trim() !== "" && !line.startsWith("#");
}

interface Count {
  pattern: string;
  affects(entry: WalkedEntry): boolean;
  files: number;
  folders: number;
}

/** Counts for each pattern what it does to the entries of a folder. */
export class PatternCounts {
  private readonly counts: Count[];

  constructor(lines: readonly string[]) {
    this.counts = lines.flatMap((pattern, index) => {
      if (!isPattern(pattern)) return [];
      return [{ pattern, affects: affectedBy(lines, index), files: 0, folders: 0 }];
    });
  }

  add(entry: WalkedEntry): void {
    for (const count of this.counts) {
      if (!count.affects(entry)) continue;
      if (entry.kind === "directory") count.folders++;
      else count.files++;
    }
  }

  /** A sentence per pattern. @param isComplete false when the walk gave up before its end */
  sentences(isComplete: boolean): string[] {
    return this.counts.map(({ pattern, files, folders }) => {
      const keeps = pattern.startsWith("!");
      if (files === 0 && folders === 0)
        return `${pattern} ${isComplete ? "matches nothing" : "has matched nothing so far"}.`;
      const what = files > 0 ? pluralize(files, "file") : pluralize(folders, "empty folder");
      const counted = isComplete ? what : `at least ${what}`;
      return keeps
        ? `${pattern} keeps ${counted} of those that other patterns leave out.`
        : `${pattern} leaves out ${counted}.`;
    });
  }
}

/** A pattern counts by itself, whatever the others leave out; one that begins with ! by what those before it left out. */
function affectedBy(lines: readonly string[], index: number): (entry: WalkedEntry) => boolean {
  const pattern = lines[index] ?? "";
  if (!pattern.startsWith("!")) {
    const alone = new PatternMatcher([pattern]);
    return (entry) => alone.leavesOut(entry);
  }
  const before = new PatternMatcher(lines.slice(0, index));
  const including = new PatternMatcher(lines.slice(0, index + 1));
  return (entry) => before.leavesOut(entry) && !including.leavesOut(entry);
}
