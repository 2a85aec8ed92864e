/** Who is notified, one after the other, while nobody acknowledges an alert. */
export interface EscalationPolicy {
  id: string;
  name: string;
  /** Ascending by time. */
  steps: EscalationStep[];
  /** How often the steps follow again, each round counted on from the last step of the one before. */
  repeat: number;
}

/** The longest time of a step, minutes: a week. */
export const MAX_STEP_MINUTES = 10_080;
export const MAX_STEPS = 10;
export const MAX_REPEAT = 10;

/** A step of an escalation policy: who is notified when nobody has acknowledged the alert. */
export interface EscalationStep {
  /** Counted from the alert's opening, or from the last step of the round before. */
  afterMinutes: number;
  /** Ids of channels. */
  channels: string[];
  /** Ids of users, who get a mail. */
  users: string[];
}
