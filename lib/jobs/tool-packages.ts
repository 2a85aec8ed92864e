/** The Debian package that has a tool; named wherever the tool is missing. */
export const TOOL_PACKAGES: Readonly<Record<string, string>> = {
  sqlite3: "sqlite3",
  tar: "tar",
  zstd: "zstd",
  pg_dump: "postgresql-client",
  pg_restore: "postgresql-client",
  psql: "postgresql-client",
};

/** `apt install zstd`, as advice. */
export function installAdvice(tool: string): string | null {
  const name = TOOL_PACKAGES[tool];
  return name ? `Install it on the machine that Belfry runs on: apt install ${name}` : null;
}
