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

/** A service's own name of a host with a path, as it stands in an address bar and in guides: `ntfy.sh/backups`. */
const WITHOUT_SCHEME = /^[\w-]+\.[\w.-]+(:\d+)?\/\S+$/;

/**
 * Recognises what a person pasted: a service's own webhook address, an SMTP URL, a mail address, an Apprise URL, or any
 * other address. A service's own address may lack its `https://`.
 * Pure; it never throws.
 * @returns null for anything else, also for links that `explainWrongLink` knows
 */
export function recognise(pasted: string): RecognisedChannel | null {
  const text = unquote(pasted);
  if (text === "" || text.length > LONGEST || /\s/.test(text)) return null;
  if (explainWrongLink(text)) return null;
  const own = recogniseOwn(text) ?? (WITHOUT_SCHEME.test(text) ? recogniseOwn(`https://${text}`) : null);
  if (own) return own;
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

/** An address that a service issues itself. */
function recogniseOwn(text: string): RecognisedChannel | null {
  for (const provider of allProviders()) {
    if (provider.id === ANY_ADDRESS || provider.id === ANY_APPRISE_URL) continue;
    const config = provider.fromUrl(text);
    if (!config) continue;
    const isWhole = provider.configSchema.safeParse(config).success;
    return { provider: provider.id, config, ...(!isWhole && { note: INCOMPLETE }) };
  }
  return null;
}

const INCOMPLETE = "This holds only a part of what the form asks for. Complete it, then test and save.";

/**
 * What a pasted link of a service is when it is not the address that a channel needs, and where that is found.
 * Pure. @returns null for any other text
 */
export function explainWrongLink(pasted: string): string | null {
  const text = unquote(pasted);
  const address = WITHOUT_SCHEME.test(text) ? `https://${text}` : text;
  if (address.length > LONGEST || !/^https?:\/\/\S+$/i.test(address) || !URL.canParse(address)) return null;
  const url = new URL(address);
  for (const provider of allProviders()) {
    if (provider.fromUrl(address)) return null;
    const explained = provider.id === ANY_ADDRESS ? null : provider.wrongLink(url);
    if (explained) return explained;
  }
  return null;
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
