/**
 * Stands for an invitation's link in stored texts. The link itself is kept sealed with the event
 * and put in its place when the mail is written, so that no log or database shows it.
 */
export const INVITATION_MARK = "[invitation link]";

/** What the sealed value is sealed for. */
export const INVITATION_PURPOSE = "invitation";
