import { z } from "zod";
import { destinationOptions } from "@/db/queries/destinations";
import { destinationKind } from "@/lib/jobs/registry";
import { defineVerb } from "@/lib/services/verb";

export interface DestinationOption {
  id: string;
  name: string;
  kind: string;
  kindLabel: string;
}

/** Every destination by name, as pickers need it. */
export const destinationsOptions = defineVerb({
  name: "destinations.options",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  async run(): Promise<DestinationOption[]> {
    return (await destinationOptions()).map((row) => ({
      ...row,
      kindLabel: destinationKind(row.kind)?.label ?? row.kind,
    }));
  },
});
