import { settingValue } from "@/db/queries/dispatch";
import { NOTIFICATION_SETTINGS } from "@/db/stores/routing";
import { peekRuntimeValue } from "@/lib/core/runtime";
import { topicCache } from "@/lib/core/topic-cache";
import { trimEndSigns } from "@/lib/core/trim-signs";

/** What every message knows of the installation it comes from. */
export interface Installation {
  /** As a person named it in Settings → General; Belfry until then. */
  name: string;
  /** Begins every title: a name in brackets and a space. Absent: nothing. */
  titlePrefix?: string;
  /** Without a slash at the end; null while nobody set it. */
  url: string | null;
  /** IANA zone for readers whose own is not known. */
  timezone: string;
  /** Whether messages about problems have a link that acknowledges them. Absent: they have. */
  acknowledgeLinks?: boolean;
}

/** Settings key of Settings → General. */
export const GENERAL_SETTINGS = "general";

/** What Settings → General says of it. */
interface StoredInstallation {
  name?: unknown;
  namesTitles?: unknown;
  timezone?: string;
  address?: unknown;
}

/** The name while nobody gave another one. */
export const DEFAULT_NAME = "Belfry";

const cache = topicCache("settings", async () => {
  const [general, notifications] = await Promise.all([
    settingValue<StoredInstallation>(GENERAL_SETTINGS),
    settingValue<{ acknowledgeLinks?: unknown }>(NOTIFICATION_SETTINGS),
  ]);
  return installationOf(general, notifications);
});

export function freshInstallation(): Installation | undefined {
  return cache.fresh();
}

/** Where links lead: the address that is set, or else the one at which the caller sees Belfry. */
export async function linkBase(origin: string | undefined): Promise<string | undefined> {
  const fixed = peekRuntimeValue("baseUrl");
  if (fixed) return fixed;
  const stored = await settingValue<StoredInstallation>(GENERAL_SETTINGS);
  return typeof stored?.address === "string" ? stored.address : origin;
}

export async function readInstallation(): Promise<Installation> {
  return cache.fresh() ?? (await cache.read());
}

/** What is known without the database. */
export function installationInMemory(): Installation {
  return cache.last() ?? installationOf(null, null);
}

function installationOf(
  stored: StoredInstallation | null | undefined,
  notifications: { acknowledgeLinks?: unknown } | null | undefined,
): Installation {
  const { timezone, namesTitles } = stored ?? {};
  const name = (typeof stored?.name === "string" && stored.name) || DEFAULT_NAME;
  // The environment wins: it also says what cookies and forms are checked by.
  const url = peekRuntimeValue("baseUrl") ?? (typeof stored?.address === "string" ? stored.address : null);
  return {
    name,
    ...(name !== DEFAULT_NAME && namesTitles !== false ? { titlePrefix: `[${name}] ` } : {}),
    url: url ? trimEndSigns(url, "/") : null,
    timezone: timezone || Intl.DateTimeFormat().resolvedOptions().timeZone,
    acknowledgeLinks: notifications?.acknowledgeLinks !== false,
  };
}
