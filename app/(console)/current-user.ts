import { cache } from "react";
import type { Role } from "@/lib/core/role";
import { settingsTimezoneGet } from "@/lib/services/settings/timezone-get";
import { page, signedIn } from "@/lib/web/page";

/** RoutingPreview looks at the page, and in which time zone. */
export interface Reader {
  id: string;
  name: string;
  email: string;
  role: Role;
  isAdmin: boolean;
  /** May run, test and resend. */
  isOperator: boolean;
  /** IANA name: the person's own, else the installation's. */
  timezone: string;
}

/** The currentUser of this request; anyone else is sent to sign in. Read once per request. */
export const currentUser = cache(async (): Promise<Reader> => {
  const actor = await signedIn();
  const own = actor.kind === "user" ? actor.timezone : null;
  const timezone = own ?? (await page(settingsTimezoneGet, {})).timezone;
  return {
    id: actor.id ?? "",
    name: actor.name,
    email: actor.kind === "user" ? actor.email : "",
    role: actor.role,
    isAdmin: actor.role === "admin",
    isOperator: actor.role !== "viewer",
    timezone,
  };
});
