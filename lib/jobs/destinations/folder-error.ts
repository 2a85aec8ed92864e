import { fileError, type RunError, type RunErrorKind, startError, systemCode } from "../run-error";

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
