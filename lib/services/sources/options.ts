import { z } from "zod";
import { sourceNames } from "@/db/queries/sources";
import { sourceKind } from "@/lib/jobs/registry";
import { defineVerb } from "@/lib/services/verb";

export interface SourceOption {
  id: string;
  name: string;
  kind: string;
  kindLabel: string;
}

/** Every source by name, as pickers need it. */
export const sourcesOptions = defineVerb({
  name: "sources.options",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  async run(): Promise<SourceOption[]> {
    return (await sourceNames()).map((row) => ({ ...row, kindLabel: sourceKind(row.kind)?.label ?? row.kind }));
  },
});
