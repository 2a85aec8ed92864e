export const COMPRESSIONS = ["none", "gzip", "zstd"] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** When a job's rule notifies its channel. */
export const CONDITIONS = ["always", "success", "failure", "custom"] as const;
export type Condition = (typeof CONDITIONS)[number];

/** The outcomes a custom condition may name. */
export const JOB_STATES = ["start", "success", "warning", "failure", "missed"] as const;
export type JobState = (typeof JOB_STATES)[number];

/** How often one open problem is notified. */
export const REPEATS = ["every", "first", "remind"] as const;
export type Repeat = (typeof REPEATS)[number];

export const NOTIFY_USER_MODES = ["none", "also", "only"] as const;
export type NotifyUser = (typeof NOTIFY_USER_MODES)[number];

/** `managed`: Belfry executes it. `client`: a client does when Belfry asks for it. `external`: another program does and reports. */
export const JOB_KINDS = ["managed", "client", "external"] as const;
export type JobKind = (typeof JOB_KINDS)[number];

/** Kinds of jobs that Belfry starts, by schedule or when asked. */
export const STARTABLE_KINDS = ["managed", "client"] as const satisfies readonly JobKind[];

/** Which requests about an external job count: all, or only those that send (`POST`, `PUT`), which keeps out what merely follows a link. */
export const REPORT_METHODS = ["any", "post"] as const;
export type ReportMethods = (typeof REPORT_METHODS)[number];

/** Words in what an external job reports, compared as they are written. The worst that is found counts, and no success outweighs a failure that was reported. */
export interface Keywords {
  failure: string[];
  warning: string[];
  /** For messages that do not say by themselves how the run ended. */
  success: string[];
}
