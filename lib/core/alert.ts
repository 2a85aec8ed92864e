export const ALERT_STATUSES = ["firing", "acknowledged", "resolved"] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

/**
 * How an alert ended. When its subject is removed or disabled, nobody is notified of the end, nor of the problem any more.
 * `copied`: it is the alert of another installation, which this database is a copy of.
 */
export const ALERT_RESOLUTIONS = ["event", "person", "subject_removed", "subject_disabled", "copied"] as const;
export type AlertResolution = (typeof ALERT_RESOLUTIONS)[number];

export const SUBJECT_ENDS = ["subject_removed", "subject_disabled"] as const satisfies AlertResolution[];
export type SubjectEnd = (typeof SUBJECT_ENDS)[number];
