import type { JobDraft } from "./job-draft";

/** What every tab of the job's form gets: the draft, how to change it, and the errors by path. */
export interface TabProps {
  draft: JobDraft;
  change: (part: Partial<JobDraft>) => void;
  errors: Record<string, string>;
}
