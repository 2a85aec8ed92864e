/** One of several recipients that the service refused, while it is right about everything else. */
export interface RefusedRecipient {
  /** As the channel names it: a mail address, a phone number, a user key. */
  recipient: string;
  /** The service's own words. */
  reason: string;
  /** The service may take it later. */
  retryable: boolean;
}
