import { recogniseAppriseUrl, sentByApprise } from "./apprise/url";
import type { Provider } from "./contract";
import { cutTo, oneLine } from "./kit/text";
import { allProviders, providerOf } from "./registry";

/** What a pasted line resolves to: a provider and values of its form, secrets included. */
export interface RecognisedChannel {
  provider: string;
  /** A name for the channel, when the line holds one. */
  name?: string;
  config: Record<string, unknown>;
  /** A hint to show before saving. */
  note?: string;
}

/** They accept the addresses of other services as well, so they come last. */
const ANY_APPRISE_URL = "apprise";
const ANY_ADDRESS = "webhook";
const LONGEST = 8000;

/**
 * Recognises what a person pasted: a service's own webhook address, an SMTP URL, an Apprise URL, or any other address.
 * Pure; it never throws.
 * @returns null for anything else
 */
export function recognise(pasted: string): RecognisedChannel | null {
  const text = unquote(pasted);
  if (text === "" || text.length > LONGEST || /\s/.test(text)) return null;
  for (const provider of allProviders()) {
    if (provider.id === ANY_ADDRESS || provider.id === ANY_APPRISE_URL) continue;
    const config = provider.fromUrl(text);
    if (config) return { provider: provider.id, config };
  }
  const apprise = recogniseAppriseUrl(text);
  const found = apprise && providerOf(apprise.provider);
  if (apprise && found) {
    const issue = found.configSchema.safeParse(apprise.config).error?.issues[0];
    // What the service's own form would refuse may still go through Apprise.
    if (issue && found.id !== ANY_APPRISE_URL) {
      const note = sentByApprise(`${found.label}: ${issue.message}`, text);
      return { provider: ANY_APPRISE_URL, config: { url: text }, note };
    }
    return { ...apprise, name: nameOf(found, apprise) };
  }
  const any = providerOf(ANY_ADDRESS);
  const config = any?.fromUrl(text);
  if (!any || !config) return null;
  return {
    provider: any.id,
    config,
    note: "Belfry does not recognise this address, so it becomes a plain webhook. If it belongs to a service in the list, choose that one instead.",
  };
}

/** `Slack #ops`; undefined when the target's name is part of a secret, or may be the key of a device. */
function nameOf({ id, label, secretFields }: Provider, { name, config }: RecognisedChannel): string | undefined {
  if (!name || id === ANY_ADDRESS) return undefined;
  const isSecret = secretFields.some((field) => JSON.stringify(config[field] ?? "").includes(name));
  return isSecret ? undefined : cutTo(oneLine(`${label} ${name}`), { max: 100, unit: "codepoints" });
}

/** Without the quotes and brackets that a copied text may have around it. */
function unquote(pasted: string): string {
  const text = pasted.trim();
  return /^(["'`]).*\1$/.test(text) || /^<.*>$/.test(text) ? text.slice(1, -1).trim() : text;
}
