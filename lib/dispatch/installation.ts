import { settingValue } from "@/db/queries/dispatch";
import { subscribe } from "@/lib/core/bus";
import { runtimeValue } from "@/lib/core/runtime";

/** What every message knows of the place it comes from. */
export interface Installation {
  name: string;
  /** Without a slash at the end; null while nobody set it. */
  url: string | null;
  /** IANA zone for readers whose own is not known. */
  timezone: string;
}

/** Settings key of Settings → General. */
export const GENERAL_SETTINGS = "general";

let cached: { installation: Installation; at: number } | null = null;
const KEEP_MS = 30_000;

export function watchInstallation(): () => void {
  return subscribe(({ topic }) => {
    if (topic === "settings") cached = null;
  });
}

export function freshInstallation(now: number): Installation | undefined {
  return cached && now - cached.at < KEEP_MS ? cached.installation : undefined;
}

export async function installation(now: number): Promise<Installation> {
  const fresh = freshInstallation(now);
  if (fresh) return fresh;
  const stored = await settingValue<{ timezone?: string }>(GENERAL_SETTINGS);
  const value = installationOf(stored?.timezone);
  cached = { installation: value, at: now };
  return value;
}

/** What is known without the database. */
export function installationNow(): Installation {
  return cached?.installation ?? installationOf(undefined);
}

function installationOf(timezone: string | undefined): Installation {
  const url = runtimeValue("baseUrl");
  return {
    name: "Belfry",
    url: url ? url.replace(/\/+$/, "") : null,
    timezone: timezone || Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}
