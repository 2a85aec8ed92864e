import type { Audience, Provider } from "@/lib/providers/contract";
import { providerOf } from "@/lib/providers/registry";

/** The provider that really sends, and its configuration for each target. */
export interface ResolvedProvider {
  provider: Provider;
  config: unknown;
  /** Configurations by the names of the targets, when there are several. */
  targets?: ReadonlyMap<string, unknown>;
}

/**
 * Follows a configuration that only names another service's, once. One that the other provider does not take stays
 * with the provider that it was given to.
 * @param config parsed, with secrets
 */
export function resolveProvider(provider: Provider, config: unknown): ResolvedProvider {
  const followed = followDelegate(provider, config);
  if (!followed || "refusal" in followed) return { provider, config };
  const { provider: other, targets } = followed;
  const [first] = targets.values();
  return targets.size === 1 ? { provider: other, config: first } : { provider: other, config: first, targets };
}

/**
 * The provider that a configuration names, with the parsed configuration of each target.
 * @returns `refusal`: why that provider does not take it, as one sentence; null: it names no other
 */
export function followDelegate(
  provider: Provider,
  config: unknown,
): { provider: Provider; targets: ReadonlyMap<string, unknown> } | { refusal: string } | null {
  const delegate = provider.delegatesTo?.(config) ?? null;
  const other = delegate && providerOf(delegate.provider);
  if (!delegate || !other || delegate.targets.length === 0) return null;
  const targets = new Map<string, unknown>();
  for (const target of delegate.targets) {
    const issue = other.configSchema.safeParse(target.config).error?.issues[0];
    if (issue) return { refusal: `${other.label}: ${issue.message}` };
    targets.set(target.name, other.parse(target.config));
  }
  return { provider: other, targets };
}

/** Whether a recipient is one of the channel's; administrators are, where it writes to them. */
export function isRecipientOf(resolved: ResolvedProvider, recipient: string): boolean {
  const { provider, config, targets } = resolved;
  const configs = targets ? [...targets.values()] : [config];
  return audienceOf({ provider, config }).admins || textsIn(configs).includes(recipient);
}

/** Whether a message to this recipient is one of several that the channel sends. */
export function isOneOfSeveral(resolved: ResolvedProvider, recipient: string): boolean {
  if (recipient === "") return false;
  const { fixed, admins } = audienceOf(resolved);
  return admins || fixed.length > 1 || !fixed.includes(recipient);
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** The mail addresses, in lower case, that a delivery to each of its fixed targets is for. */
export function mailAddressesOf({ provider, config, targets }: ResolvedProvider): ReadonlyMap<string, string[]> {
  const all = targets ?? new Map([["", config]]);
  const addresses = new Map<string, string[]>();
  for (const [target, one] of all) {
    const { mailsTo = [] } = provider.audience(one);
    if (mailsTo.length > 0)
      addresses.set(
        target,
        mailsTo.map((address) => address.toLowerCase()),
      );
  }
  return addresses;
}

/** Who receives a message: each target by itself, or those that its one configuration names. */
export function audienceOf({ provider, config, targets }: ResolvedProvider): Audience {
  return targets ? { fixed: [...targets.keys()], admins: false } : provider.audience(config);
}
