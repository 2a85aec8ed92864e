import { z } from "zod";

/** What the events about a client's presence carry. */
export const clientEventData = z.object({
  client: z.object({ id: z.string(), name: z.string() }).optional(),
  /** When it last reported before it was offline, milliseconds. */
  lastSeenAt: z.number().optional(),
  /** How long it had not reported by then, milliseconds. */
  silentMs: z.number().optional(),
});
