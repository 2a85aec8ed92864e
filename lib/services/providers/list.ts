import { z } from "zod";
import { outgoing } from "@/lib/dispatch/outgoing";
import type { Preset, Provider } from "@/lib/providers/contract";
import { type Icon, iconOf } from "@/lib/providers/icons";
import { pickerWordsOf } from "@/lib/providers/picker-words";
import { allProviders } from "@/lib/providers/registry";
import { defineVerb } from "@/lib/services/verb";

export interface ProviderView {
  id: string;
  label: string;
  /** A few words about it, and what else people call it. */
  line: string;
  aliases: string[];
  docsUrl: string;
  purpose: "message" | "monitor";
  canMailPeople: boolean;
  /** Keeps problems open until each is closed by its own message. */
  closesAlerts: boolean;
  /** Follows the course of a run: its start, its end, its log. */
  wantsRun: boolean;
  /** What of an own text's manner the service knows. */
  manner: { priority: boolean; tags: boolean; sound: boolean };
  /** Its mark, in one colour. */
  icon: Icon;
  /** What this server must say before anything is filled in: that something it needs is missing. */
  notice: string | null;
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
  input: z.object({
    /** Only this one. */
    id: z.string().max(64).optional(),
  }),
  async run(_context, { id }): Promise<ProviderView[]> {
    return Promise.all(
      allProviders()
        .filter((provider) => id === undefined || provider.id === id)
        .map(viewOf),
    );
  },
});

async function viewOf(provider: Provider): Promise<ProviderView> {
  const { id, label, docsUrl, purpose, canMailPeople, closesAlerts, wantsRun, manner, secretFields, presets } =
    provider;
  const { line, aliases } = pickerWordsOf(id);
  return {
    id,
    label,
    line,
    aliases: [...aliases],
    docsUrl,
    purpose,
    canMailPeople,
    closesAlerts,
    wantsRun,
    manner: { ...manner },
    icon: { ...iconOf(id) },
    notice: provider.notice ? await provider.notice(outgoing()) : null,
    secretFields: [...secretFields],
    presets,
    // Spread: zod hangs a hidden object with methods on it, which cannot travel to a browser.
    schema: { ...provider.formSchema() },
  };
}
