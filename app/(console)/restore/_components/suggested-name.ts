/** A name for a restored backup: the job and the time of the backup in UTC, valid as a path and as a database. */
export function suggestedName(jobName: string, createdAt: string): string {
  const job = jobName
    .normalize("NFKD")
    .replaceAll(/[^a-zA-Z0-9]+/g, "_")
    .replaceAll(/^_|_$/g, "")
    .toLowerCase()
    .slice(0, 40);
  const time = createdAt.slice(0, 16).replaceAll(/\D/g, "");
  return `${job || "backup"}_${time.slice(0, 8)}_${time.slice(8)}`;
}
