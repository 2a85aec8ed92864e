import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { JobIo } from "../contract";
import { isRunError, startError } from "../run-error";

/** Debian keeps each version's programs in a folder of its own. */
const VERSIONS = "/usr/lib/postgresql";

type Program = "pg_dump" | "pg_restore";

/**
 * The client program for a server: the one of the server's own version where it is installed, whose output that
 * server understands best, otherwise the oldest newer one. pg_dump refuses a server that is newer than itself.
 * @param atLeast the least major version, where the file to be read was made by a newer one
 * @param root where the versions are installed
 * @throws RunError that names the package to add
 */
export async function clientFor(
  program: Program,
  serverVersion: number,
  io: JobIo,
  atLeast = 0,
  root = VERSIONS,
): Promise<string> {
  const wanted = Math.max(serverVersion, atLeast);
  const [installed] = installedVersions(program, root).filter((version) => version >= wanted);
  if (installed === wanted) return programPath(program, installed, root);
  const common = await versionOf(program, io).catch((error: unknown) => {
    if (installed !== undefined && isRunError(error)) return 0;
    throw error;
  });
  if (common >= wanted && (installed === undefined || common <= installed)) return program;
  if (installed !== undefined) return programPath(program, installed, root);
  throw startError(
    atLeast > serverVersion
      ? `${program} ${common} cannot read this backup, which pg_dump ${atLeast} made.`
      : `${program} ${common} is too old for the server's PostgreSQL ${serverVersion}.`,
    `Install the package postgresql-client-${wanted} (from apt.postgresql.org where Debian does not have it).`,
  );
}

/** The newest installed pg_restore: it reads the dumps of every older version. @throws RunError when there is none */
export async function newestRestore(io: JobIo, root = VERSIONS): Promise<string> {
  const installed = installedVersions("pg_restore", root).at(-1);
  if (installed === undefined) return "pg_restore";
  const common = await versionOf("pg_restore", io).catch(() => 0);
  return common > installed ? "pg_restore" : programPath("pg_restore", installed, root);
}

/** Major versions in ascending order. */
function installedVersions(program: Program, root: string): number[] {
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .map(Number)
    .filter((version) => version > 0 && existsSync(programPath(program, version, root)))
    .sort((a, b) => a - b);
}

function programPath(program: Program, version: number, root: string): string {
  return join(root, String(version), "bin", program);
}

async function versionOf(program: Program, io: JobIo): Promise<number> {
  const { stdout } = await io.tools.run(program, ["--version"]);
  return Number(/\d+/.exec(stdout)?.[0] ?? 0);
}
