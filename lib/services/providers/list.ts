import { z } from "zod";
import type { Preset } from "@/lib/providers/contract";
import { allProviders } from "@/lib/providers/registry";
import { defineVerb } from "@/lib/services/verb";

export interface ProviderView {
  id: string;
  label: string;
  docsUrl: string;
  purpose: "message" | "monitor";
  canMailPeople: boolean;
  /** Fields that are sealed and never sent back. */
  secretFields: string[];
  presets: Preset[];
  /** JSON schema from which the form is drawn. */
  schema: Record<string, unknown>;
}

/** Every service Belfry can tell, with its form. */
export const providersList = defineVerb({
  name: "providers.list",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  async run(): Promise<ProviderView[]> {
    return allProviders().map(({ id, label, docsUrl, purpose, canMailPeople, secretFields, presets, formSchema }) => ({
      id,
      label,
      docsUrl,
      purpose,
      canMailPeople,
      secretFields: [...secretFields],
      presets,
      // Spread: zod hangs a hidden object with methods on it, which cannot travel to a browser.
      schema: { ...formSchema() },
    }));
  },
});
