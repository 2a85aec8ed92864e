import { databaseHandle } from "@/db/client";

/** The file in which Belfry keeps its own data; null when that is on a PostgreSQL server. */
export function ownDatabaseFile(): string | null {
  const handle = databaseHandle();
  return handle.kind === "sqlite" ? handle.file : null;
}

/** Port and name of the PostgreSQL database in which Belfry keeps its own data; null when that is in a file. */
export function ownDatabaseName(): { port: number; database: string } | null {
  const handle = databaseHandle();
  if (handle.kind !== "postgres") return null;
  const { port, pathname } = new URL(handle.url);
  return { port: Number(port || 5432), database: decodeURIComponent(pathname.slice(1)) };
}
