import { kindsById } from "@/lib/core/kind";
import type { Destination, DumpSource, Source } from "./contract";
import { local } from "./destinations/local";
import { s3 } from "./destinations/s3";
import { sftp } from "./destinations/sftp";
import { borgmatic } from "./sources/borgmatic/kind";
import { directory } from "./sources/directory";
import { postgres } from "./sources/postgres";
import { sqlite } from "./sources/sqlite";

/** In the order of the picker. A new source or destination is one line here. */
const SOURCES: readonly Source[] = [sqlite, directory, postgres, borgmatic];
const DESTINATIONS: readonly Destination[] = [local, s3, sftp];

const sources = kindsById(SOURCES);
const destinations = kindsById(DESTINATIONS);

export const allSources = (): readonly Source[] => SOURCES;
export const allDestinations = (): readonly Destination[] => DESTINATIONS;

/** @returns undefined for a kind this version does not know */
export const sourceKind = (id: string): Source | undefined => sources.get(id);
/** The same of those whose backups Belfry stores. */
export function dumpSourceKind(id: string): DumpSource | undefined {
  const kind = sources.get(id);
  return kind?.backUp ? undefined : kind;
}
export const destinationKind = (id: string): Destination | undefined => destinations.get(id);
