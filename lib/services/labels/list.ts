import { z } from "zod";
import { labelsInUse } from "@/db/queries/labels";
import { defineVerb } from "@/lib/services/verb";

/** As many as a field suggests: more are found by what is typed. */
const SHOWN = 100;

/** Labels in use. */
export const labelUsesSchema = z.object({
  items: z.array(
    z.object({
      key: z.string(),
      value: z.string(),
      /** How many jobs, sources, destinations and channels have it. */
      count: z.int(),
    }),
  ),
});

/** The first labels in use, by key and value. */
export const labelsList = defineVerb({
  name: "labels.list",
  permission: "viewer",
  changes: false,
  input: z.object({
    /** What the key, the value, or `key:value` begins with. */
    q: z.string().trim().max(164).default(""),
  }),
  run: async (_, { q }) => ({ items: await labelsInUse(q, SHOWN) }),
});
