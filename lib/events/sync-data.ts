import { z } from "zod";
import { failureData, runData } from "./data";

/** What the events of a sync carry. */
export const syncEventData = z.object({
  ...failureData.shape,
  run: runData.optional(),
  destinationNames: z.array(z.string()).optional(),
  /** Files that were deleted at the destination. */
  deleted: z.number().optional(),
  /** What or who started the run. */
  startedBy: z.string().optional(),
});
