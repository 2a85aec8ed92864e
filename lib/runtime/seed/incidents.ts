/** What fails in the thirty days. Days are counted back from now: 0 is today. */

export interface Incident {
  job: string;
  daysAgo: number;
  status: "failure" | "warning" | "canceled";
  error: string;
  advice?: string;
  /** The share of its usual size that the backup has: it is suspect. */
  shrunkTo?: number;
  /** The files that it has then. */
  files?: number;
  /** The destination that failed while the others succeeded. */
  without?: string;
  /** The service that fails at the same time. */
  outage?: Outage;
}

/** A service that refuses the next requests. */
export interface Outage {
  service: "chat" | "mail" | "hook";
  times: number;
}

const CHANGED = "tar: reports/2026/quarter.xlsx: file changed as we read it";
const UNKNOWN_HOST =
  'pg_dump: error: could not translate host name "db.staging.example" to address: Name or service not known';

export const INCIDENTS: Incident[] = [
  ...[21, 20].map(
    (daysAgo): Incident => ({
      job: "shop-production",
      daysAgo,
      status: "failure",
      error: "The database could not be read: database is locked",
      advice: "Another program held the database for longer than 30 s.",
      ...(daysAgo === 21 ? { outage: { service: "chat", times: 1 } } : {}),
    }),
  ),
  { job: "documents", daysAgo: 17, status: "warning", error: CHANGED },
  { job: "mail-archive", daysAgo: 11, status: "canceled", error: "Canceled." },
  {
    job: "shop-production",
    daysAgo: 9,
    status: "warning",
    error: "offsite disk did not take the backup: the folder is not there.",
    advice: "Is the disk mounted? Make the folder, or mount it.",
    without: "offsite disk",
  },
  {
    job: "orders",
    daysAgo: 6,
    status: "failure",
    error: "backup disk has too little space: 212 MB free, about 341 MB needed.",
    advice: "Free some space there, or keep fewer backups.",
    outage: { service: "hook", times: 1 },
  },
  {
    job: "mail-archive",
    daysAgo: 4,
    status: "failure",
    error: "The run took longer than its time limit of 60 min.",
    outage: { service: "mail", times: 7 },
  },
  ...[2, 1, 0].map(
    (daysAgo): Incident => ({
      job: "crm-staging",
      daysAgo,
      status: "failure",
      error: UNKNOWN_HOST,
      advice: "Check how the host is spelled, and that this machine can resolve it.",
    }),
  ),
  {
    job: "website",
    daysAgo: 3,
    status: "warning",
    error: "Far less than usual: 3,912 → 371 files. Usual is the median of the last 10.",
    shrunkTo: 0.09,
    files: 371,
  },
  ...[1, 0].map((daysAgo): Incident => ({ job: "documents", daysAgo, status: "warning", error: CHANGED })),
];
