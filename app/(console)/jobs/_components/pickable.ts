import type { MessageOptions } from "@/components/channel/texts/custom-text-fields";

/** A channel as the form offers it. */
export interface PickableChannel {
  id: string;
  name: string;
  providerLabel: string;
  enabled: boolean;
  purpose: "message" | "monitor";
  messageOptions: MessageOptions;
  /** Only of a channel that serves one job: the jobs that use it. */
  usedByJobs?: readonly { id: string; name: string }[];
}

/** A source or destination as the form offers it. */
export interface PickableEndpoint {
  id: string;
  name: string;
  note: string;
}
