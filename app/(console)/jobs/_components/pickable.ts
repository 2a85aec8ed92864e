import type { MessageOptions } from "@/components/channel/texts/custom-text-fields";
import type { Condition, JobState, Repeat } from "@/lib/core/job";

/** A channel as the form offers it. */
export interface PickableChannel {
  id: string;
  name: string;
  providerLabel: string;
  enabled: boolean;
  purpose: "message" | "monitor";
  /** The states that a new rule for it starts with, when it is a monitor. */
  ruleStates: readonly JobState[];
  messageOptions: MessageOptions;
  /** Only of a channel that serves one job: the jobs that use it. */
  usedByJobs?: readonly { id: string; name: string }[];
}

/** A profile as the form of a job offers it, with its rules. */
export interface PickableProfile {
  id: string;
  name: string;
  isDefault: boolean;
  notifications: readonly {
    id: string;
    channelId: string;
    channelName: string;
    condition: Condition;
    repeat: Repeat;
    remindHours: number | null;
  }[];
}

/** A client as the form offers it, with the names that its own configuration allows. */
export interface PickableClient {
  id: string;
  name: string;
  jobs: readonly string[];
}

/** A source or destination as the form offers it. */
export interface PickableEndpoint {
  id: string;
  name: string;
  note: string;
}

/** A source as the form offers it. */
export interface PickableSource extends PickableEndpoint {
  /** It knows by itself where its backups go. */
  storesItself: boolean;
}
