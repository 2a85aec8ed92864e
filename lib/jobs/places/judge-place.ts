import { isWithin } from "../real-paths";
import type { OwnPlaces, PlaceUse } from "./own-places";

/** What is known of a path, for a decision. */
export interface SeenPlace {
  /** As it was given, for sentences. */
  shown: string;
  /** Without links, and every other path under which the same can be reached. */
  paths: string[];
  /** `device:inode` of what is there and of each folder above it, the innermost first. */
  ids: string[];
  /** Whether the first of these is a file. */
  isFile: boolean;
}

/**
 * Whether a path is out of reach of a use. Pure: what was seen and what is Belfry's own are arguments.
 * @returns why not, in a sentence; null: it is in reach
 */
export function judgePlace(use: PlaceUse, seen: SeenPlace, own: OwnPlaces): string | null {
  const open = own.open[use];
  const closed = use === "read" ? own.places : own.places.concat(own.readOnly);
  const [first] = seen.ids;
  const linked = seen.isFile && first !== undefined ? own.files.get(first) : undefined;
  if (linked) return `${seen.shown} cannot be used here: it is ${linked}.`;
  const isOpen = (path: string) => open.some((one) => isWithin(one.path, path));
  // Also where the open folder is yet to be made: then it has no identity.
  if (seen.paths.every(isOpen)) return null;
  for (const path of seen.paths) {
    if (isOpen(path)) continue;
    const place = closed.find((one) => isWithin(one.path, path));
    if (place) return sentence(seen.shown, place.path === path, place.what, place.path);
  }
  // The same by identity: whatever a name's case, and however it is mounted.
  for (const [depth, id] of seen.ids.entries()) {
    if (open.some((one) => one.id === id)) return null;
    const place = closed.find((one) => one.id === id);
    if (place) return sentence(seen.shown, depth === 0, place.what, place.path);
  }
  return null;
}

function sentence(shown: string, isItself: boolean, what: string, where: string): string {
  return `${shown} cannot be used here: it ${isItself ? "is" : "lies in"} ${what}${where === shown ? "" : ` (${where})`}.`;
}
