import { z } from "zod";
import { sharedState } from "@/lib/core/runtime";
import type { Preset, Provider } from "@/lib/providers/contract";
import { type Icon, iconOf } from "@/lib/providers/icons";
import { pickerLabelsOf } from "@/lib/providers/picker-labels";
import { allProviders, providerOf } from "@/lib/providers/registry";
import { defineVerb } from "@/lib/services/verb";
import { noticeOf } from "./notice";

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
  /**
   * What this server must say before anything is filled in: that something it needs is missing.
   * Only asked for a service that is named by its id, because it may take a program's start to answer.
   */
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
  async run({ now }, { id }): Promise<ProviderView[]> {
    if (id === undefined) return allProviders().map((provider) => viewOf(provider, null));
    const provider = providerOf(id);
    return provider ? [viewOf(provider, await noticeOf(provider, now))] : [];
  },
});

function viewOf(provider: Provider, notice: string | null): ProviderView {
  const { id, label, docsUrl, purpose, canMailPeople, closesAlerts, wantsRun, manner, secretFields, presets } =
    provider;
  const { line, aliases } = pickerLabelsOf(id);
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
    notice,
    secretFields: [...secretFields],
    presets,
    schema: schemaOf(provider),
  };
}

/** Made once: all of them together take 50 ms. */
const schemas = sharedState("providers.schemas", () => new Map<string, Record<string, unknown>>());

function schemaOf(provider: Provider): Record<string, unknown> {
  // Spread: zod hangs a hidden object with methods on it, which cannot travel to a browser.
  const schema = schemas.get(provider.id) ?? { ...provider.formSchema() };
  schemas.set(provider.id, schema);
  return schema;
}
