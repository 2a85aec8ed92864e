import { z } from "zod";
import { allDestinations } from "@/lib/jobs/registry";
import { defineVerb } from "@/lib/services/verb";

export const destinationKindSchema = z.object({
  kind: z.string(),
  label: z.string(),
  /** JSON schema from which the form is drawn. */
  schema: z.record(z.string(), z.unknown()),
  /** Fields that are sealed and never sent back. */
  secretFields: z.array(z.string()),
});
export type DestinationKind = z.infer<typeof destinationKindSchema>;

/** Every kind of destination, with its form. */
export const destinationKinds = defineVerb({
  name: "destinations.kinds",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  async run(): Promise<DestinationKind[]> {
    return allDestinations().map((kind) => ({
      kind: kind.id,
      label: kind.label,
      // Spread: zod hangs a hidden object with methods on it, which cannot travel to a browser.
      schema: { ...kind.formSchema() },
      secretFields: [...kind.secretFields],
    }));
  },
});
