/** A stored backup, as far as its trend goes. */
export interface TrendBackup {
  runId: string;
  bytes: number;
  rawBytes: number | null;
  contents: { files: number | null } | null;
  suspicion: string | null;
  acceptedAt: string | null;
  createdAt: string;
}

/** One backup of the trend, however many copies of it are stored. */
interface TrendPoint {
  runId: string;
  createdAt: string;
  bytes: number;
  /** Null: not counted. */
  files: number | null;
  /** And nobody accepted it. */
  isSuspect: boolean;
}

/**
 * The trend of backups, oldest first.
 * @param backups copies of backups, the newest first
 */
export function trendOf(backups: readonly TrendBackup[]): { points: TrendPoint[]; isBeforeCompression: boolean } {
  // Copies may be packed in different ways: what was read is the same for all of them.
  const isBeforeCompression = backups.every(({ rawBytes }) => rawBytes !== null);
  const points = new Map<string, TrendPoint>();
  for (const { runId, bytes, rawBytes, contents, suspicion, acceptedAt, createdAt } of backups) {
    const point = points.get(runId);
    const isSuspect = suspicion !== null && acceptedAt === null;
    const size = isBeforeCompression ? (rawBytes ?? bytes) : bytes;
    points.set(runId, {
      runId,
      createdAt,
      bytes: Math.max(size, point?.bytes ?? 0),
      files: contents?.files ?? point?.files ?? null,
      isSuspect: isSuspect || (point?.isSuspect ?? false),
    });
  }
  return { points: [...points.values()].reverse(), isBeforeCompression };
}
