import { databaseHandle } from "@/db/client";

/** The file in which Belfry keeps its own data; null when that is on a PostgreSQL server. */
export function ownDatabaseFile(): string | null {
  const handle = databaseHandle();
  return handle.kind === "sqlite" ? handle.file : null;
}
