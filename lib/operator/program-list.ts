import { readFile, stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { z } from "zod";
import { PROGRAM_NAME } from "@/lib/core/hook";
import { inputSentence } from "@/lib/core/input-sentence";
import { unknownKeys } from "@/lib/core/unknown-keys";

/** A program as the operator of the server lists it. */
export interface ListedProgram {
  run: [string, ...string[]];
  timeoutSeconds: number;
  variables: Record<string, string>;
}

/** The operator's list from its file, or why it cannot be used, as one sentence. */
export type ProgramList = { programs: ReadonlyMap<string, ListedProgram> } | { problem: string };

/** What a list is for: its name in a sentence, what one entry is, and how long a program of it may take, seconds. */
export interface ListKind {
  title: string;
  entry: string;
  usualSeconds: number;
  longestSeconds: number;
}

const wholeFileOf = ({ entry, usualSeconds, longestSeconds }: ListKind) =>
  z.record(
    z.string().regex(PROGRAM_NAME, `This is not a name of a ${entry}.`),
    z.object({
      run: z.tuple([z.string()], z.string()),
      timeoutSeconds: z.number().min(1).max(longestSeconds).default(usualSeconds),
      variables: z
        .record(z.string().regex(/^[A-Za-z_]\w*$/, "This is not the name of a variable."), z.string())
        .default({}),
    }),
  );

/** The largest file that is read. */
const FILE_BYTES = 1024 * 1024;
const WRITABLE_BY_OTHERS = 0o022;

/**
 * The list in a file, read again whenever the file changed. Write access to it decides what Belfry starts:
 * so it must belong to root or to the user that Belfry runs as, and nobody else may write to it.
 * @param path absolute
 */
export function openProgramList(path: string, kind: ListKind): () => Promise<ProgramList> {
  const title = `${kind.title} ${path}`;
  let mark = "";
  let known: ProgramList = { problem: "" };
  return async () => {
    try {
      const { ino, size, mtimeMs, ctimeMs, uid, mode } = await stat(path);
      const now = [ino, size, mtimeMs, ctimeMs, uid, mode].join();
      if (now !== mark) {
        known = problemOf(path, title, { size, uid, mode }) ?? parse(title, await readFile(path, "utf8"), kind);
        mark = now;
      }
      return known;
    } catch (error) {
      mark = "";
      return { problem: `The ${title} cannot be read: ${wordsOf(error)}.` };
    }
  };
}

function problemOf(
  path: string,
  title: string,
  file: { size: number; uid: number; mode: number },
): { problem: string } | null {
  if (file.mode & WRITABLE_BY_OTHERS)
    return { problem: `Others can write to the ${title}, so it is not trusted: chmod go-w ${path}` };
  const own = process.getuid?.();
  if (file.uid !== 0 && own !== undefined && file.uid !== own)
    return {
      problem: `The ${title} belongs to another user, so it is not trusted: it must belong to root or to the user that Belfry runs as.`,
    };
  return file.size > FILE_BYTES ? { problem: `The ${title} is larger than 1 MB.` } : null;
}

function parse(title: string, text: string, kind: ListKind): ProgramList {
  const wholeFile = wholeFileOf(kind);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return { problem: `The ${title} is not JSON: ${wordsOf(error)}.` };
  }
  const parsed = wholeFile.safeParse(json, { error: inputSentence });
  const [unknown] = unknownKeys(wholeFile, json);
  if (unknown || !parsed.success) {
    const issue = unknown ?? parsed.error?.issues[0];
    const where = issue?.path.length ? `${issue.path.join(".")}: ` : "";
    return {
      problem: `The ${title} has a mistake: ${where}${issue?.message ?? "It is not understood."}`,
    };
  }
  const programs = new Map<string, ListedProgram>();
  for (const [name, { run, ...rest }] of Object.entries(parsed.data)) {
    const [file, ...args] = run;
    if (!isAbsolute(file))
      return {
        problem: `The ${title} has a mistake: ${name}.run must begin with an absolute path, such as /usr/local/bin/${name}.`,
      };
    programs.set(name, { run: [file, ...args], ...rest });
  }
  return { programs };
}

function wordsOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : "";
  if (code === "ENOENT") return "there is no such file";
  if (code === "EACCES") return "Belfry's user has no right to read it";
  if (code === "EISDIR") return "it is a folder";
  return error instanceof Error ? error.message : String(error);
}
