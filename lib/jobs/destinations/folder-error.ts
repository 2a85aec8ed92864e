import { fileError, RunError, type RunErrorKind, startError, systemCode } from "../run-error";

/**
 * An error of a file below a destination's folder. When the folder itself is gone, most likely a disk is not mounted.
 * @param what begins the sentence when something else failed
 */
export function folderError(error: unknown, root: string, what: string, kind?: RunErrorKind): RunError {
  const { path } = (error ?? {}) as { path?: unknown };
  if (path !== root) return fileError(error, what, kind);
  if (systemCode(error) === "ENOTDIR") return startError(`${root} is not a folder.`, null, error);
  const { message, advice } = fileError(error, `The folder ${root}`);
  if (systemCode(error) !== "ENOENT") return startError(message, advice, error);
  return startError(message, "Is the disk mounted? Make the folder, or mount it.", error);
}

/** A folder that is missing when a person sets up its destination. @param what begins the sentence */
export function missingFolder(what: string, cause: unknown): RunError {
  return new RunError(`${what} does not exist.`, {
    kind: "cannot_start",
    advice: 'Mount its disk if it is on one, or choose "Create the folder".',
    isFolderMissing: true,
    cause,
  });
}
