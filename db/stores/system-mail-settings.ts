/** Settings key of the system mail server. */
export const MAIL_SETTINGS = "email";

/** Settings key of the switches for mail to all administrators: by event type, only those that a person set. */
export const ADMIN_MAIL_SETTINGS = "admin-mail";
