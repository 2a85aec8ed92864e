import { createHash, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { hasUsers } from "@/db/queries/users";
import { insertFirstAdminChange, type UserRow } from "@/db/stores/users";
import type { MaybeActor } from "@/lib/auth/access/actor";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { loggerOf } from "@/lib/core/logger";
import { peekRuntimeValue, setRuntimeValue } from "@/lib/core/runtime";
import { emit } from "@/lib/dispatch/emit";
import { GENERAL_SETTINGS } from "@/lib/dispatch/send/installation";
import { userCreated } from "@/lib/events/user-created";
import { hashPassword } from "@/lib/secrets/password";
import { consoleAddressField, type StoredGeneral } from "@/lib/services/settings/general";
import {
  assertGoodPassword,
  emailField,
  emailKeyOf,
  nameField,
  newPasswordField,
  timezoneField,
} from "@/lib/services/users/fields";
import { type AuditRow, defineVerb } from "@/lib/services/verb";

const log = loggerOf("setup");

const WRONG_CODE_PAUSE_MS = 500;

/** Returns whether setup is open: there is no account yet. */
export const setupStatus = defineVerb({
  name: "setup.status",
  permission: "anyone",
  changes: false,
  input: z.object({}),
  async run() {
    return { isOpen: !(await hasUsers()) };
  },
});

/**
 * Creates the first administrator, once: of two requests at once one succeeds. Asks every caller for the code that the
 * start printed: an address, a host name and forwarding headers can all seem to be this machine's own. `address` comes
 * from the request, for the audit log.
 */
export const setupCreate = defineVerb({
  name: "setup.create",
  permission: "anyone",
  changes: true,
  input: z.object({
    name: nameField,
    email: emailField,
    password: newPasswordField,
    code: z.string().trim().max(100).optional(),
    /** IANA zone of the installation; blank: that of this server. */
    timezone: z.union([z.literal("").transform(() => undefined), timezoneField]).optional(),
    /** Where people open Belfry; blank: messages have no links. */
    ownAddress: consoleAddressField.optional(),
    address: z.string().max(100).nullable().default(null),
  }),
  async run({ actor, now, audit }, { name, email, password, code, timezone, ownAddress, address }) {
    if (await hasUsers()) throw setupClosed();
    if (needsCode(actor)) await requireSetupCode(code, address);
    await assertGoodPassword(password, { name, email });
    const id = newId("usr");
    const user: UserRow = {
      id,
      name,
      email,
      emailKey: emailKeyOf(email),
      role: "admin",
      status: "active",
      passwordHash: await hashPassword(password),
      sessionVersion: 1,
      timezone: null,
      lastLoginAt: null,
      inbox: null,
      quietHours: null,
      reports: null,
      clientIds: null,
      createdAt: now,
      updatedAt: now,
    };
    const own: Partial<AuditRow> = actor ? {} : { actorKind: "user", actorId: id, actorName: name, address };
    const general: StoredGeneral = { ...(timezone && { timezone }), ...(ownAddress && { address: ownAddress }) };
    const event = await emit(
      userCreated.draft({
        subject: { kind: "user", id, name },
        data: { user: { id, name, email }, role: "admin", actorName: actor?.name ?? name },
        at: now,
      }),
      insertFirstAdminChange(
        user,
        { ...audit("user", id, name, { email, role: "admin", ...general }), ...own },
        Object.keys(general).length > 0 ? { key: GENERAL_SETTINGS, value: general } : null,
      ),
    );
    if (!event) throw setupClosed();
    setRuntimeValue("setupCode", null);
    return { id, email };
  },
});

function setupClosed(): AppError {
  return new AppError("conflict", "Belfry is set up already. Sign in instead.");
}

/** Only Belfry itself, for the account in its environment, and the command need none. */
function needsCode(actor: MaybeActor): boolean {
  return actor?.kind !== "system" && actor?.kind !== "command";
}

async function requireSetupCode(code: string | undefined, address: string | null): Promise<void> {
  const expected = peekRuntimeValue("setupCode");
  if (expected && code && timingSafeEqual(digest(code), digest(expected))) return;
  if (code) {
    log.warn("refused setup: wrong code", { address });
    await new Promise((done) => setTimeout(done, WRONG_CODE_PAUSE_MS));
  }
  throw new AppError("forbidden", "Setup needs the code that Belfry printed when it started.", {
    fields: { code: code ? "This is not the code." : "Enter the code from the start's output." },
  });
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text.toLowerCase()).digest();
}
