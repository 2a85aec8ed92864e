/**
 * The system mail server of Settings → Email, as the pipeline knows it: a channel that mails all administrators. It has no
 * row among the channels and no rule of its own; everything that is stored about it (deliveries, health, alerts) has this id.
 */
export const SYSTEM_MAIL_ID = "chn_system_mail";

/** Its name wherever the name of a channel stands. */
export const SYSTEM_MAIL_NAME = "System mail";

/** The page of a channel in the console. */
export function channelPath(id: string): string {
  return id === SYSTEM_MAIL_ID ? "/settings/email" : `/channels/${id}`;
}
