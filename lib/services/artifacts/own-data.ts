import { join, resolve, sep } from "node:path";
import { jobsOfSources, listEndpoints } from "@/db/queries/endpoints";
import { ownDatabaseFile, ownDatabaseName } from "@/db/queries/own-file";
import { runtimeValue } from "@/lib/core/runtime";
import { sourceKind } from "@/lib/jobs/registry";
import { usableConfig } from "@/lib/services/channels/config";

/** More than an installation has. */
const ALL = 100_000;

/**
 * The jobs whose source reads Belfry's own database or its secret key. New ones are refused; one of an earlier version has
 * backups that hold every address and every password's hash.
 * @returns ids
 */
export async function jobsOverOwnData(): Promise<Set<string>> {
  const own = ownFiles();
  const sources = (await listEndpoints("sources", { limit: ALL })).filter((row) => {
    const kind = sourceKind(row.kind);
    if (!kind) return false;
    const paths = pathsOf(() => kind.localPaths(kind.parse(usableConfig(kind, row))));
    return paths.some((path) => holds(path, own)) || isOwnDatabase(row.config);
  });
  return new Set((await jobsOfSources(sources.map(({ id }) => id))).map(({ id }) => id));
}

/** The database's file also where it has moved to PostgreSQL: the old one may still be there. */
function ownFiles(): string[] {
  const file = ownDatabaseFile();
  const inData = ["secret.key", "belfry.db"].map((name) => join(resolve(runtimeValue("dataDir")), name));
  return [...inData, ...(file ? [resolve(file)] : [])];
}

/** True for a source that is or holds one of the files. By names: no list waits for a disk. */
function holds(path: string, files: readonly string[]): boolean {
  const whole = resolve(path);
  return files.some((file) => isWithin(file, whole));
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** By name and port: a server has many names, and no list waits for a network. */
function isOwnDatabase({ port, database }: Record<string, unknown>): boolean {
  const own = ownDatabaseName();
  return own !== null && database === own.database && Number(port ?? own.port) === own.port;
}

/** A configuration of another version cannot be read, nor run. */
function pathsOf(read: () => string[]): string[] {
  try {
    return read();
  } catch {
    return [];
  }
}
