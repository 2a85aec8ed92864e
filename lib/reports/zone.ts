import { settingValue } from "@/db/queries/dispatch";

/** Settings key of Settings → General, as in `dispatch/send/installation`. */
const GENERAL = "general";

/** The installation's zone, for owners of reports without one of their own. */
export async function installationZone(): Promise<string> {
  const stored = await settingValue<{ timezone?: unknown }>(GENERAL);
  const timezone = stored?.timezone;
  return typeof timezone === "string" && timezone ? timezone : Intl.DateTimeFormat().resolvedOptions().timeZone;
}
