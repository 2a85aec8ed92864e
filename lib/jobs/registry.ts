import type { Destination, Source } from "./contract";
import { local } from "./destinations/local";
import { directory } from "./sources/directory";
import { postgres } from "./sources/postgres";
import { sqlite } from "./sources/sqlite";

const SOURCES: readonly Source[] = [sqlite, directory, postgres];
const DESTINATIONS: readonly Destination[] = [local];

function byId<T extends { id: string }>(kinds: readonly T[]): ReadonlyMap<string, T> {
  const map = new Map(kinds.map((kind) => [kind.id, kind]));
  if (map.size !== kinds.length) throw new Error("A kind is registered twice.");
  return map;
}

const sources = byId(SOURCES);
const destinations = byId(DESTINATIONS);

export const allSources = (): readonly Source[] => SOURCES;
export const allDestinations = (): readonly Destination[] => DESTINATIONS;

/** @returns undefined for a kind this version does not know */
export const sourceKind = (id: string): Source | undefined => sources.get(id);
export const destinationKind = (id: string): Destination | undefined => destinations.get(id);
