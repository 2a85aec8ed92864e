import { join } from "node:path";
import type { SyncRow } from "@/db/stores/syncs";
import type { EndpointIo } from "../contract";
import type { Endpoint } from "../endpoints";
import { PARTS_NAME } from "../files/folder-process";
import { ownPlacesWithin } from "../places/require-place";
import { appearancesWithin } from "../real-paths";
import { fileError, startError } from "../run-error";
import { untilAborted } from "../until-aborted";

/**
 * What in the folder is never copied: where this sync stores, what is Belfry's own or the system's, and the name that
 * destinations use for what is half written.
 * @throws RunError of kind `cannot_start` when the folder and the place where it is stored are the same
 */
export async function pathsToSkip(
  sync: Pick<SyncRow, "path" | "folder">,
  { kind, config }: Endpoint,
  io: EndpointIo,
): Promise<(path: string) => boolean> {
  const root = kind.localRoot(config);
  const within = <T>(work: () => Promise<T>) =>
    untilAborted(io.signal, work).catch((error: unknown) => {
      throw fileError(error, `The folder ${sync.path}`, "cannot_start");
    });
  const places: string[] = [];
  if (root !== null) {
    const target = join(root, sync.folder);
    const inTarget = await within(() => appearancesWithin(target, sync.path));
    if (inTarget.length > 0)
      throw startError(`${sync.path} would be stored in itself: it lies in ${target}.`, "Choose another destination.");
    for (const place of await within(() => appearancesWithin(sync.path, target))) {
      io.log(`Leaving out ${place}: this sync stores there`);
      places.push(place);
    }
  }
  for (const own of await within(() => ownPlacesWithin(sync.path, io.signal))) {
    const path = own.path.toString();
    if (path === "") throw startError(`${sync.path} cannot be copied: it is ${own.what}.`);
    io.log(`Leaving out ${path}: it is ${own.what}`);
    places.push(path);
  }
  const skipped = new Set([...places, PARTS_NAME]);
  return (path) => skipped.has(path);
}
