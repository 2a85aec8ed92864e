/**
 * Stands for the link by which a message's reader acknowledges its alert, wherever a message is stored, logged or shown.
 * The link itself exists only in the message that is sent.
 */
export const ACKNOWLEDGE_MARK = "[acknowledge link]";
