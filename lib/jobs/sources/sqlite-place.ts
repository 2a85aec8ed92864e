import { link, open, rename, rm } from "node:fs/promises";
import { RunError, systemCode } from "../run-error";

/** What file systems without hard links answer. */
const NO_LINKS = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/** Gives a finished file a name that nothing has. @param shown the path for sentences @throws RunError when something has it by now; the system's error */
export async function placeNew(draft: string, path: string, shown = path): Promise<void> {
  try {
    await link(draft, path);
  } catch (error) {
    if (systemCode(error) === "EEXIST") throw takenError(shown);
    if (!NO_LINKS.has(systemCode(error))) throw error;
    await claimAndReplace(draft, path, shown);
    return;
  }
  await rm(draft);
}

/** The same where there are no hard links: an empty file of our own holds the name until it is replaced. */
export async function claimAndReplace(draft: string, path: string, shown = path): Promise<void> {
  const claim = await open(path, "wx", 0o600).catch((error: unknown) => {
    throw systemCode(error) === "EEXIST" ? takenError(shown) : error;
  });
  await claim.close();
  try {
    await rename(draft, path);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

function takenError(path: string): RunError {
  return new RunError(`${path} exists by now: something else made it during the restore. It was not overwritten.`, {
    advice: "See what is there, then restore to another path, or over it.",
  });
}
