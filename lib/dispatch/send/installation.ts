import { settingValue } from "@/db/queries/dispatch";
import { peekRuntimeValue } from "@/lib/core/runtime";
import { topicCache } from "@/lib/core/topic-cache";

/** What every message knows of the installation it comes from. */
export interface Installation {
  name: string;
  /** Without a slash at the end; null while nobody set it. */
  url: string | null;
  /** IANA zone for readers whose own is not known. */
  timezone: string;
}

/** Settings key of Settings → General. */
export const GENERAL_SETTINGS = "general";

const cache = topicCache("settings", async () => {
  const stored = await settingValue<{ timezone?: string }>(GENERAL_SETTINGS);
  return installationOf(stored?.timezone);
});

export function freshInstallation(): Installation | undefined {
  return cache.fresh();
}

export async function readInstallation(): Promise<Installation> {
  return cache.fresh() ?? (await cache.read());
}

/** What is known without the database. */
export function installationInMemory(): Installation {
  return cache.last() ?? installationOf(undefined);
}

function installationOf(timezone: string | undefined): Installation {
  const url = peekRuntimeValue("baseUrl") ?? null;
  return {
    name: "Belfry",
    url: url ? url.replace(/\/+$/, "") : null,
    timezone: timezone || Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}
