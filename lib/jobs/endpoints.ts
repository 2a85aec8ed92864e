import { type EndpointRow, findEndpoint } from "@/db/queries/endpoints";
import type { Kind } from "@/lib/core/kind";
import { joinSecrets } from "@/lib/secrets/config";
import { openReferences } from "@/lib/secrets/references";
import type { Destination, DumpSource, ProgramSource, Source } from "./contract";
import type { Mounts } from "./mounts";
import { destinationKind, sourceKind } from "./registry";
import { startError, toRunError } from "./run-error";

/** A stored source with its kind and its complete configuration. */
export interface OpenSource<K extends Source = DumpSource> {
  id: string;
  name: string;
  kind: K;
  config: unknown;
  secrets: string[];
  /** The mount points of its local paths, as they were when it was set up. */
  mounts: Mounts | null;
}

/** A stored destination with its kind and its complete configuration. */
export interface Endpoint {
  id: string;
  name: string;
  kind: Destination;
  config: unknown;
  secrets: string[];
  /** The mount points of its local paths, as they were when it was set up. */
  mounts: Mounts | null;
}

/**
 * Opens a source whose backups Belfry stores.
 * @throws RunError of kind `cannot_start` when it is deleted, of an unknown kind, or its secrets cannot be opened
 */
export async function openSource(id: string): Promise<OpenSource> {
  const opened = await openAnySource(id);
  if (!isProgram(opened)) return opened;
  throw startError(`${opened.name} stores its backups by itself: Belfry has none of it.`);
}

/** @throws RunError of kind `cannot_start` as `openSource` */
export async function openAnySource(id: string): Promise<OpenSource | OpenSource<ProgramSource>> {
  const row = await findEndpoint("sources", id);
  if (!row) throw startError("The job's source was deleted.", "Choose another source for the job.");
  return openSourceRow(row);
}

/** True for a source that stores its backups by itself. */
export function isProgram(source: OpenSource | OpenSource<ProgramSource>): source is OpenSource<ProgramSource> {
  return source.kind.backUp !== undefined;
}

/** @throws RunError of kind `cannot_start` */
export function openSourceRow(row: EndpointRow): OpenSource | OpenSource<ProgramSource> {
  const kind = sourceKind(row.kind);
  if (!kind) throw startError(`This version of Belfry does not know sources of the kind ${row.kind}.`);
  const { id, name, mounts } = row;
  const open = { id, name, mounts, ...openConfig(row, kind, `The source ${name}`) };
  return kind.backUp ? { ...open, kind } : { ...open, kind };
}

/** @throws RunError of kind `cannot_start` */
export function openEndpoint(row: EndpointRow): Endpoint {
  const kind = destinationKind(row.kind);
  if (!kind) throw startError(`This version of Belfry does not know destinations of the kind ${row.kind}.`);
  const { id, name, mounts } = row;
  return { id, name, kind, mounts, ...openConfig(row, kind, `The destination ${name}`) };
}

/** @throws RunError of kind `cannot_start` when the destination is deleted */
export async function openEndpointById(id: string): Promise<Endpoint> {
  const row = await findEndpoint("destinations", id);
  if (!row) throw startError("The destination was deleted.");
  return openEndpoint(row);
}

function openConfig(
  row: { config: Record<string, unknown>; secrets: string | null },
  kind: Pick<Kind, "parse" | "secretFields" | "configSchema">,
  what: string,
): { config: unknown; secrets: string[] } {
  let joined: Record<string, unknown>;
  let values: string[];
  try {
    ({ config: joined, values } = openReferences(joinSecrets(row.config, row.secrets), kind));
  } catch (error) {
    const { message } = toRunError(error);
    throw startError(`${what} cannot be used: ${message}`, null, error);
  }
  try {
    const secrets = kind.secretFields.flatMap((name) => (typeof joined[name] === "string" ? [joined[name]] : []));
    return { config: kind.parse(joined), secrets: [...secrets, ...values] };
  } catch (error) {
    throw startError(`${what} has settings that are no longer valid.`, "Open it and save it again.", error);
  }
}
