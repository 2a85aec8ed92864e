import { cache } from "react";
import type { Role } from "@/lib/core/role";
import { settingsTimezoneGet } from "@/lib/services/settings/timezone-get";
import { page, signedIn } from "@/lib/web/page";

/** The signed-in user of a page. */
export interface CurrentUser {
  id: string;
  name: string;
  email: string;
  role: Role;
  isAdmin: boolean;
  /** May run, test and resend. */
  isOperator: boolean;
  /** Sees only some clients, with their jobs, runs and alerts. */
  isLimited: boolean;
  /** May make and change jobs, silences and their like. */
  mayEdit: boolean;
  /** IANA name: the user's own, else that of the installation. */
  timezone: string;
}

/** The signed-in user of this request; redirects to sign-in without one. Read once per request. */
export const currentUser = cache(async (): Promise<CurrentUser> => {
  const actor = await signedIn();
  const userZone = actor.kind === "user" ? actor.timezone : null;
  const timezone = userZone ?? (await page(settingsTimezoneGet, {})).timezone;
  const isLimited = actor.kind === "user" && (actor.clientIds ?? null) !== null;
  return {
    id: actor.id ?? "",
    name: actor.name,
    email: actor.kind === "user" ? actor.email : "",
    role: actor.role,
    isAdmin: actor.role === "admin",
    isOperator: actor.role !== "viewer",
    isLimited,
    mayEdit: actor.role !== "viewer" && !isLimited,
    timezone,
  };
});
