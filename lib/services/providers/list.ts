import { z } from "zod";
import type { Icon } from "@/lib/core/kind";
import { sharedState } from "@/lib/core/runtime";
import type { Preset, Provider } from "@/lib/providers/contract";
import { allProviders, providerOf } from "@/lib/providers/registry";
import { defineVerb } from "@/lib/services/verb";
import { type MessageOptionsView, viewMessageOptions } from "./message-options";
import { providerNotice } from "./notice";

export interface ProviderView {
  id: string;
  label: string;
  /** One short line for the picker, and the other words by which its search finds the provider. */
  tagline: string;
  aliases: string[];
  docsUrl: string;
  purpose: "message" | "monitor";
  canMailPeople: boolean;
  /** The service keeps an incident open until a message closes it. */
  closesAlerts: boolean;
  /** Follows the course of a run: its start, its end, its log. */
  wantsRun: boolean;
  /** Which options of a message the service supports. */
  messageOptions: MessageOptionsView;
  icon: Icon;
  /**
   * A warning about this server: something that the provider needs is missing.
   * Only computed when the provider is named by its id, because it may have to start a program.
   */
  notice: string | null;
  /** Fields that are sealed and never sent back. */
  secretFields: string[];
  presets: Preset[];
  /** JSON schema from which the form is drawn. */
  schema: Record<string, unknown>;
}

/** Every provider with its form. */
export const providersList = defineVerb({
  name: "providers.list",
  permission: "viewer",
  changes: false,
  input: z.object({
    /** Only this one. */
    id: z.string().max(64).optional(),
  }),
  async run({ now }, { id }): Promise<ProviderView[]> {
    if (id === undefined) return allProviders().map((provider) => viewProvider(provider, null));
    const provider = providerOf(id);
    return provider ? [viewProvider(provider, await providerNotice(provider, now))] : [];
  },
});

function viewProvider(provider: Provider, notice: string | null): ProviderView {
  const { id, label, tagline, docsUrl, purpose, canMailPeople, closesAlerts, wantsRun, presets } = provider;
  return {
    id,
    label,
    tagline,
    aliases: [...provider.aliases],
    docsUrl,
    purpose,
    canMailPeople,
    closesAlerts,
    wantsRun,
    messageOptions: viewMessageOptions(provider),
    icon: { ...provider.icon },
    notice,
    secretFields: [...provider.secretFields],
    presets,
    schema: cachedSchema(provider),
  };
}

/** Built once: all of them together take 50 ms. */
const schemas = sharedState("providers.schemas", () => new Map<string, Record<string, unknown>>());

function cachedSchema(provider: Provider): Record<string, unknown> {
  const schema = schemas.get(provider.id) ?? provider.formSchema();
  schemas.set(provider.id, schema);
  return schema;
}
