export const ALERT_STATUSES = ["firing", "acknowledged", "resolved"] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

/** Why an alert closed together with what it was about; nobody is told of such an end, nor of the problem any more. */
export const SUBJECT_ENDS = ["subject removed", "subject disabled"] as const;
export type SubjectEnd = (typeof SUBJECT_ENDS)[number];
