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
 * Follows a configuration that only names another service's, once.
 * @param config parsed, with secrets @throws ZodError when what it names does not make a whole configuration
 */
export function resolveProvider(provider: Provider, config: unknown): ResolvedProvider {
  const delegate = provider.delegatesTo?.(config) ?? null;
  const other = delegate && providerOf(delegate.provider);
  if (!delegate || !other) return { provider, config };
  const targets = new Map(delegate.targets.map((target) => [target.name, other.parse(target.config)]));
  const [first] = targets.values();
  if (first === undefined) return { provider, config };
  return targets.size === 1 ? { provider: other, config: first } : { provider: other, config: first, targets };
}

/** Whether a recipient is one of the channel's; administrators are, where it writes to them. */
export function isRecipientOf(resolved: ResolvedProvider, recipient: string): boolean {
  const { provider, config, targets } = resolved;
  const configs = targets ? [...targets.values()] : [config];
  return audienceOf({ provider, config }).admins || textsIn(configs).includes(recipient);
}

function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Who receives a message: each target by itself, or those that its one configuration names. */
export function audienceOf({ provider, config, targets }: ResolvedProvider): Audience {
  return targets ? { fixed: [...targets.keys()], admins: false } : provider.audience(config);
}
