import { createHash, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { hasUsers } from "@/db/queries/users";
import { insertFirstAdminChange, type UserRow } from "@/db/stores/users";
import type { MaybeActor } from "@/lib/auth/access/actor";
import { isLoopback } from "@/lib/auth/access/loopback";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { runtimeValue, setRuntimeValue } from "@/lib/core/runtime";
import { emit } from "@/lib/dispatch/emit";
import { hashPassword } from "@/lib/secrets/password";
import { assertGoodPassword, emailField, emailKeyOf, nameField, newPasswordField } from "@/lib/services/users/fields";
import { type AuditRow, defineVerb } from "@/lib/services/verb";

/** The one-time code that the start prints while there is no account. */
const WRONG_CODE_PAUSE_MS = 500;

/** Whether set-up is still to be done, and whether this caller needs the code for it. `address` comes from the door. */
export const setupStatus = defineVerb({
  name: "setup.status",
  permission: "anyone",
  changes: false,
  input: z.object({ address: z.string().nullable().default(null) }),
  async run({ actor }, { address }) {
    return { isOpen: !(await hasUsers()), needsCode: needsCode(actor, address) };
  },
});

/** Makes the first administrator. Closed for ever after, and of two at once one wins. */
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
    if (await hasUsers()) throw closed();
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
    const told = await emit(
      {
        type: "user.created",
        subject: { kind: "user", id, name },
        data: { user: { id, name, email }, role: "admin", actorName: actor?.name ?? name },
        at: now,
      },
      insertFirstAdminChange(user, { ...audit("user", id, name, { email, role: "admin" }), ...own }),
    );
    if (!told) throw closed();
    setRuntimeValue("setupCode", null);
    return { id, email };
  },
});

function closed(): AppError {
  return new AppError("conflict", "Belfry is set up already. Sign in instead.");
}

/** Whoever sits at the machine itself, or is the program, needs none. */
function needsCode(actor: MaybeActor, address: string | null): boolean {
  return actor?.kind !== "system" && actor?.kind !== "command" && !isLoopback(address);
}

async function requireSetupCode(given: string | undefined): Promise<void> {
  const expected = runtimeValue("setupCode");
  if (expected && given && timingSafeEqual(digest(given), digest(expected))) return;
  if (given) await new Promise((done) => setTimeout(done, WRONG_CODE_PAUSE_MS));
  throw new AppError("forbidden", "Set-up from another machine needs the code that Belfry printed when it started.", {
    fields: { code: given ? "This is not the code." : "Enter the code from the start's output." },
  });
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text.toLowerCase()).digest();
}
