import { createHash, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { hasUsers } from "@/db/queries/users";
import { insertFirstAdminChange, type UserRow } from "@/db/stores/users";
import type { MaybeActor } from "@/lib/auth/access/actor";
import { isLoopback } from "@/lib/auth/access/loopback";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { peekRuntimeValue, setRuntimeValue } from "@/lib/core/runtime";
import { emit } from "@/lib/dispatch/emit";
import { userCreated } from "@/lib/events/user-created";
import { hashPassword } from "@/lib/secrets/password";
import { assertGoodPassword, emailField, emailKeyOf, nameField, newPasswordField } from "@/lib/services/users/fields";
import { type AuditRow, defineVerb } from "@/lib/services/verb";

const WRONG_CODE_PAUSE_MS = 500;

/** Returns whether setup is open, and whether this caller needs the code for it. `address` comes from the request. */
export const setupStatus = defineVerb({
  name: "setup.status",
  permission: "anyone",
  changes: false,
  input: z.object({ address: z.string().nullable().default(null) }),
  async run({ actor }, { address }) {
    return { isOpen: !(await hasUsers()), needsCode: needsCode(actor, address) };
  },
});

/** Creates the first administrator, once: of two requests at once one succeeds. */
export const setupCreate = defineVerb({
  name: "setup.create",
  permission: "anyone",
  changes: true,
  input: z.object({
    name: nameField,
    email: emailField,
    password: newPasswordField,
    code: z.string().trim().max(100).optional(),
    address: z.string().nullable().default(null),
  }),
  async run({ actor, now, audit }, { name, email, password, code, address }) {
    if (await hasUsers()) throw setupClosed();
    if (needsCode(actor, address)) await requireSetupCode(code);
    assertGoodPassword(password, email);
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
      createdAt: now,
      updatedAt: now,
    };
    const own: Partial<AuditRow> = actor ? {} : { actorKind: "user", actorId: id, actorName: name, address };
    const event = await emit(
      userCreated.draft({
        subject: { kind: "user", id, name },
        data: { user: { id, name, email }, role: "admin", actorName: actor?.name ?? name },
        at: now,
      }),
      insertFirstAdminChange(user, { ...audit("user", id, name, { email, role: "admin" }), ...own }),
    );
    if (!event) throw setupClosed();
    setRuntimeValue("setupCode", null);
    return { id, email };
  },
});

function setupClosed(): AppError {
  return new AppError("conflict", "Belfry is set up already. Sign in instead.");
}

/** Callers on the machine itself, and Belfry, need no code. */
function needsCode(actor: MaybeActor, address: string | null): boolean {
  return actor?.kind !== "system" && actor?.kind !== "command" && !isLoopback(address);
}

async function requireSetupCode(code: string | undefined): Promise<void> {
  const expected = peekRuntimeValue("setupCode");
  if (expected && code && timingSafeEqual(digest(code), digest(expected))) return;
  if (code) await new Promise((done) => setTimeout(done, WRONG_CODE_PAUSE_MS));
  throw new AppError("forbidden", "Set-up from another machine needs the code that Belfry printed when it started.", {
    fields: { code: code ? "This is not the code." : "Enter the code from the start's output." },
  });
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text.toLowerCase()).digest();
}
