import { z } from "zod";
import { failureData } from "./data";

/** What the events about the connection to a source or destination carry. */
export const connectionData = z.object({
  ...failureData.shape,
  connection: z
    .object({
      /** When it was first not reached, milliseconds. */
      since: z.number(),
      /** Looks in a row that did not reach it. */
      misses: z.number(),
      /** How long it was not reached, milliseconds; once it is reached again. */
      downtimeMs: z.number().optional(),
    })
    .optional(),
});
