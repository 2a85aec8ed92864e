import { z } from "zod";
import { allSources } from "@/lib/jobs/registry";
import { defineVerb } from "@/lib/services/verb";

export const sourceKindSchema = z.object({
  kind: z.string(),
  label: z.string(),
  /** JSON schema from which the form is drawn. */
  schema: z.record(z.string(), z.unknown()),
  /** Fields that are sealed and never sent back. */
  secretFields: z.array(z.string()),
});
export type SourceKind = z.infer<typeof sourceKindSchema>;

/** Every kind of source, with its form. */
export const sourceKinds = defineVerb({
  name: "sources.kinds",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  async run(): Promise<SourceKind[]> {
    return allSources().map((kind) => ({
      kind: kind.id,
      label: kind.label,
      // Spread: zod hangs a hidden object with methods on it, which cannot travel to a browser.
      schema: { ...kind.formSchema() },
      secretFields: [...kind.secretFields],
    }));
  },
});
