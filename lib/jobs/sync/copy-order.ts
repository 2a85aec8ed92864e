import type { FolderBatch, FolderProcess } from "../files/folder-process";
import type { RepositoryFiles } from "../repositories/contract";
import { RunError, systemCode } from "../run-error";

/** One walk of several: from where, and what of it is not copied. */
interface CopyStep {
  from: string;
  skips(path: string): boolean;
}

/** The order in which a repository is copied, so that a copy which breaks off is one of an earlier moment. */
export interface CopyOrder {
  steps: CopyStep[];
  /** @throws RunError when something of what was to be copied is gone: another program removed it */
  requireSettled(source: FolderProcess): Promise<void>;
}

/** @param files null: a folder, which is copied in any order */
export async function copyOrderOf(files: RepositoryFiles | null, source: FolderProcess): Promise<CopyOrder> {
  if (files === null) return { steps: [{ from: "", skips: () => false }], requireSettled: async () => undefined };
  const { first, settled } = files;
  const names = new Set<string>();
  for (const folder of settled) for (const name of await namesIn(folder, source)) names.add(`${folder}/${name}`);
  const isLate = (path: string) => settled.some((folder) => path.startsWith(`${folder}/`)) && !names.has(path);
  const skips = (path: string) => files.skips(path) || isLate(path);
  return {
    steps: [
      ...first.map((from) => ({ from, skips })),
      { from: "", skips: (path) => first.includes(path) || skips(path) },
    ],
    async requireSettled(from) {
      const [gone] = await from.ask({ op: "missing", paths: [...names] });
      if (gone === undefined) return;
      throw new RunError("Another program removed something from the repository while it was copied.", {
        advice: "The copy is not whole before the next run. Let the sync run while nothing prunes the repository.",
      });
    },
  };
}

async function namesIn(folder: string, source: FolderProcess): Promise<string[]> {
  const names: string[] = [];
  try {
    let batch: FolderBatch = await source.ask({ op: "list", path: folder });
    for (;;) {
      names.push(...batch.entries.map(({ name }) => name));
      if (batch.isAll) return names;
      batch = await source.ask({ op: "more" });
    }
  } catch (error) {
    if (systemCode(error) === "ENOENT") return names;
    throw error;
  }
}
