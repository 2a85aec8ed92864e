import { AppError } from "@/lib/core/errors";
import { providerIo } from "@/lib/dispatch/send/provider-io";
import { followDelegate } from "@/lib/dispatch/send/resolve-provider";
import type { Provider } from "@/lib/providers/contract";
import type { Config } from "@/lib/secrets/config";
import { openReferences } from "@/lib/secrets/references";
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
  const { config } = openReferences(whole, provider);
  const followed = followDelegate(provider, provider.parse(config));
  const refusal = followed && "refusal" in followed ? followed.refusal : undefined;
  const problem = provider.inspect && (await provider.inspect(config, providerIo(), refusal));
  if (!problem) return;
  throw new AppError("invalid", "Some fields are invalid.", {
    fields: { [`config.${problem.field}`]: problem.message },
  });
}
