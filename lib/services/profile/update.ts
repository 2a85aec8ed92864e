import { z } from "zod";
import { type UserChanges, type UserRow, updateAccount } from "@/db/stores/users";
import { type Actor, clientsOf } from "@/lib/auth/access/actor";
import { hasRole } from "@/lib/auth/access/permission";
import { AppError } from "@/lib/core/errors";
import { nextReports } from "@/lib/reports/slots";
import { installationZone } from "@/lib/reports/zone";
import { zonedHours } from "@/lib/services/channels/fields";
import { reportsField } from "@/lib/services/reports/fields";
import { assertCanMail } from "@/lib/services/reports/person-rules";
import { quietHoursField } from "@/lib/services/settings/quiet-hours-field";
import { emailField, emailKeyOf, nameField, passwordField, timezoneField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { assertCurrentPassword } from "./current-password";
import { accountOfCaller, ownAccount } from "./own";
import { ownAccountView } from "./view";

/**
 * Changes only what is named; an API key changes nothing but the reports of its account. A blank time zone means the installation's. Another mail address needs the current password,
 * and is for administrators: to anyone else the answer would say which addresses have an account.
 */
export const profileUpdate = defineVerb({
  name: "profile.update",
  permission: "viewer",
  changes: true,
  input: z.object({
    name: nameField.optional(),
    email: emailField.optional(),
    /** With another mail address. */
    current: passwordField.optional(),
    timezone: z
      .union([z.literal("").transform(() => null), timezoneField])
      .nullable()
      .optional(),
    reports: reportsField.optional(),
    quietHours: quietHoursField.nullable().optional(),
  }),
  async run({ actor, now, audit }, { name, email, current, timezone, reports, quietHours }) {
    const isMore = [name, email, current, timezone, quietHours].some((one) => one !== undefined);
    const user = isMore ? await ownAccount(actor) : await accountOfCaller(actor);
    if (reports) {
      assertMayGetReports(actor);
      await assertCanMail();
    }
    if (email !== undefined && email !== user.email) await assertMayChangeAddress(user, current, actor);
    const changes: UserChanges = {
      ...(name !== undefined && { name }),
      ...(email !== undefined && { email, emailKey: emailKeyOf(email) }),
      ...(timezone !== undefined && { timezone }),
      ...(reports !== undefined && { reports }),
      // Without a zone here and on the profile: the installation's.
      ...(quietHours !== undefined && {
        quietHours: quietHours && !(timezone ?? user.timezone) ? await zonedHours(quietHours) : quietHours,
      }),
    };
    const row = audit("user", user.id, name ?? user.name, { name, email, timezone, reports, quietHours });
    const after = { ...user, ...changes };
    const moved = timezone !== undefined || reports !== undefined;
    const next = moved && nextReports(after.reports, after.timezone ?? (await installationZone()), now);
    return ownAccountView((await updateAccount(user.id, changes, row, next ? { nextReports: next } : {})).user);
  },
});

async function assertMayChangeAddress(user: UserRow, current: string | undefined, actor: Actor): Promise<void> {
  if (!hasRole(actor, "admin")) {
    const sentence = "Only an administrator changes mail addresses. Ask one to change yours.";
    throw new AppError("forbidden", sentence, { fields: { email: sentence } });
  }
  if (!current) {
    const fields = { current: "Enter your current password to change the mail address." };
    throw new AppError("invalid", "Some fields are invalid.", { fields });
  }
  await assertCurrentPassword(user, current, actor);
}

/** A report is about all jobs. */
function assertMayGetReports(actor: Actor): void {
  if (clientsOf(actor) === null) return;
  const sentence = "Reports are about all jobs, and your account is limited to some clients.";
  throw new AppError("forbidden", sentence, { fields: { reports: sentence } });
}
