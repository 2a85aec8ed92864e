import type { ReportedJob } from "@/db/queries/job-receivers";

/** Whose job an address names; `isNew`: it was just created for it. */
export interface AddressedJob {
  job: ReportedJob;
  isNew: boolean;
}
