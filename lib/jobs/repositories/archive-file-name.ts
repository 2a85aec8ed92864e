import type { OpenRepository } from "./contract";

/** Characters of an id of restic that are enough for a file name. */
const SHORT_ID = 8;

/** What an archive is called when it is downloaded whole. */
export function archiveFileName({ kind, name }: OpenRepository, archive: string): string {
  return `${kind === "restic" ? `${name}-${archive.slice(0, SHORT_ID)}` : archive}.tar`;
}
