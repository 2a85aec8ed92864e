import type { Provider } from "@/lib/providers/contract";
import type { Config } from "@/lib/secrets/config";

/** Fields may depend on others, so that fixing one reveals the next. */
const ROUNDS = 5;

/**
 * Completes a configuration that is still being entered: missing and invalid fields are taken from the provider's
 * example, which has no real secret.
 */
export function plausibleConfig(provider: Provider, typed: Config): Config {
  const example = exampleOf(provider);
  const config = { ...typed };
  for (let round = 0; round < ROUNDS; round++) {
    const parsed = provider.configSchema.safeParse(config);
    if (parsed.success) return config;
    for (const field of new Set(parsed.error.issues.map(({ path }) => String(path[0] ?? "")))) {
      if (Object.hasOwn(example, field)) config[field] = example[field];
      else delete config[field];
    }
  }
  return example;
}

export function exampleOf(provider: Provider): Config {
  const { example } = provider;
  return typeof example === "object" && example !== null ? { ...example } : {};
}
