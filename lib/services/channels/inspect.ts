import { AppError } from "@/lib/core/errors";
import { providerIo } from "@/lib/dispatch/send/provider-io";
import type { Provider } from "@/lib/providers/contract";
import { providerOf } from "@/lib/providers/registry";
import type { Config } from "@/lib/secrets/config";
import { checkConfig } from "./config";

/**
 * Checks a complete configuration by the provider's schema and by the state of this server: a program that is
 * not installed, a command that is not on the operator's list.
 * @returns the configuration to store
 * @throws AppError `invalid`, each issue beside its field as `config.url`
 */
export async function inspectedConfig(provider: Provider, config: Config): Promise<Config> {
  const whole = checkConfig(provider, config);
  await inspect(provider, whole);
  return whole;
}

/** @throws AppError `invalid` beside the field that cannot work on this server */
export async function inspect(provider: Provider, whole: Config): Promise<void> {
  const problem =
    delegateProblem(provider, whole) ?? (provider.inspect && (await provider.inspect(whole, providerIo())));
  if (!problem) return;
  throw new AppError("invalid", "Some fields are invalid.", {
    fields: { [`config.${problem.field}`]: problem.message },
  });
}

/** A provider that a configuration delegates to must be complete as well; its issue is reported at the first secret field. */
function delegateProblem(provider: Provider, whole: Config): { field: string; message: string } | null {
  const delegate = provider.delegatesTo?.(provider.parse(whole)) ?? null;
  const other = delegate && providerOf(delegate.provider);
  if (!delegate || !other) return null;
  for (const { config } of delegate.targets) {
    const issue = other.configSchema.safeParse(config).error?.issues[0];
    if (issue) return { field: provider.secretFields[0] ?? "", message: `${other.label}: ${issue.message}` };
  }
  return null;
}
