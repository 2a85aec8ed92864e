import { AppError } from "@/lib/core/errors";
import type { RepositoryKind } from "@/lib/core/repository";
import { hostKeyOf, hostKeyText } from "@/lib/jobs/destinations/sftp-host-key";
import { type Mounts, readMounts } from "@/lib/jobs/mounts";
import { requirePlace } from "@/lib/jobs/places/require-place";
import { publicKeys, scanHostKeys } from "@/lib/jobs/repositories/access";
import type { OpenRepository } from "@/lib/jobs/repositories/contract";
import { type Location, locationText, readLocation } from "@/lib/jobs/repositories/location";
import { isRunError, RunError } from "@/lib/jobs/run-error";
import { untilAborted } from "@/lib/jobs/until-aborted";
import { askRepository } from "./ask";

/** How long a disk may take to say what is at a path, and where it is mounted, milliseconds. */
const LOOK_MS = 2_000;

/** @throws AppError `invalid` beside the field: it cannot be read, or leads to a place out of reach */
export async function requireLocation(kind: RepositoryKind, text: string): Promise<Location> {
  const location = readLocation(kind, text);
  if (typeof location === "string") throw invalidLocation(location);
  if (location.type === "local") {
    try {
      await untilAborted(AbortSignal.timeout(LOOK_MS), () => requirePlace("store", location.path));
    } catch (error) {
      if (isRunError(error)) throw invalidLocation(`${error.message} ${error.advice ?? ""}`.trim());
    }
  }
  return location;
}

/** The one way in which a location is stored and compared. */
export function storedLocation(kind: RepositoryKind, location: Location): string {
  return locationText(kind, location);
}

/** The mount that it lies on now; nothing of one on a server. */
export async function mountsOf(location: Location): Promise<Mounts | null> {
  return location.type === "local" ? await readMounts([location.path], AbortSignal.timeout(LOOK_MS)) : null;
}

/**
 * Asks the server for its key where none is pinned yet.
 * @throws AppError `unavailable` that proposes the key, for a person to compare and accept
 */
export async function requireHostKey(repository: OpenRepository): Promise<void> {
  const { location, hostKey } = repository;
  if (location.type !== "server" || hostKey) return;
  await askRepository(repository, async (io) => {
    const keys = await scanHostKeys(location, io);
    const shown = publicKeys(keys).map((key) => hostKeyText(hostKeyOf(Buffer.from(key.split(" ")[1] ?? "", "base64"))));
    throw new RunError(`${location.host} shows ${shown.join(", ")}, and no host key is accepted for it yet.`, {
      kind: "cannot_start",
      advice: "Compare it with the server's own, as ssh-keygen -lf shows it there, and accept it.",
      proposal: { field: "hostKey", value: keys },
    });
  });
}

function invalidLocation(sentence: string): AppError {
  return new AppError("invalid", "Some fields are invalid.", { fields: { location: sentence } });
}
