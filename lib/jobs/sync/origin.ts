import { findRepository } from "@/db/queries/repositories";
import type { SyncRow } from "@/db/stores/syncs";
import type { JobIo } from "../contract";
import type { Mounts } from "../mounts";
import type { PlaceUse } from "../places/own-places";
import type { OpenRepository, RepositoryFiles } from "../repositories/contract";
import { openRepository, secretsOf } from "../repositories/open-repository";
import { repositoryProgram } from "../repositories/registry";
import { startError } from "../run-error";
import { PatternMatcher } from "../sources/directory-patterns";

/** What a sync copies: a folder of this machine, or a repository on it. */
export interface SyncOrigin {
  /** In sentences: `The folder /srv/photos`. */
  title: string;
  noun: "folder" | "repository";
  path: string;
  mounts: Mounts | null;
  use: PlaceUse;
  secrets: string[];
  /** How its files are copied; null: in any order. */
  files: RepositoryFiles | null;
  leavesOut(path: string, isFolder: boolean): boolean;
  /** Keeps it as it is, as far as that can be done. @returns what ends that */
  hold(io: JobIo): Promise<() => Promise<void>>;
}

/** @throws RunError of kind `cannot_start` when its repository is not on this machine, or was removed */
export async function syncOriginOf(sync: SyncRow): Promise<SyncOrigin> {
  if (sync.repositoryId === null) return folderOrigin(sync);
  const found = await findRepository(sync.repositoryId);
  if (!found) throw startError("The repository that the sync copies was removed.", "Choose another one for the sync.");
  return repositoryOrigin(openRepository(found.repository));
}

function folderOrigin({ path, mounts, exclude }: SyncRow): SyncOrigin {
  const patterns = exclude.length > 0 ? new PatternMatcher(exclude) : null;
  return {
    title: `The folder ${path}`,
    noun: "folder",
    path,
    mounts,
    use: "read",
    secrets: [],
    files: null,
    leavesOut: (text, isFolder) => patterns?.leavesOut({ text, kind: isFolder ? "directory" : "file" }) ?? false,
    hold: async () => async () => undefined,
  };
}

function repositoryOrigin(repository: OpenRepository): SyncOrigin {
  const { name, kind, location, mounts } = repository;
  if (location.type !== "local")
    throw startError(`The repository ${name} is on a server, and a sync copies files of this machine.`);
  const program = repositoryProgram(kind);
  return {
    title: `The repository ${name}`,
    noun: "repository",
    path: location.path,
    mounts,
    // It is written to by jobs, and so it is in reach of what stores.
    use: "store",
    secrets: secretsOf(repository),
    files: program.files,
    leavesOut: () => false,
    hold: (io) => program.hold(repository, io),
  };
}
