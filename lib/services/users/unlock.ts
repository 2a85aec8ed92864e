import { z } from "zod";
import { guardsOf, guardsOfUser, userById } from "@/db/queries/users";
import { type LoginGuard, unlockUserChange } from "@/db/stores/login-guards";
import type { UserRow } from "@/db/stores/users";
import { addressKey, parseGuardKey } from "@/lib/auth/access/lock-rule";
import { readIpAddress } from "@/lib/core/client-address";
import { AppError } from "@/lib/core/errors";
import { emit } from "@/lib/dispatch/emit";
import { idField } from "@/lib/services/page";
import { lockDraft } from "@/lib/services/session/lock-draft";
import { type AuditRow, defineVerb } from "@/lib/services/verb";

/** Lets the person try again at once, from every address and device. */
export const usersUnlock = defineVerb({
  name: "users.unlock",
  permission: "admin",
  changes: true,
  input: z.object({ id: idField }),
  async run({ now, audit }, { id }) {
    const user = await userById(id);
    if (!user) throw new AppError("not_found", "There is no such user.");
    const guards = await guardsOfUser(id);
    return { id, lifted: await lift(guards, user, now, (detail) => audit("user", id, user.name, detail)) };
  },
});

/** Lets everybody at an address try again at once; of IPv6, at all addresses of its network. */
export const usersUnlockAddress = defineVerb({
  name: "users.unlockAddress",
  permission: "admin",
  changes: true,
  input: z.object({ address: z.string().trim().max(100) }),
  async run({ now, audit }, input) {
    const key = addressKey(readIpAddress(input.address));
    if (!key) throw new AppError("invalid", "This is no IP address.", { fields: { address: "Enter an IP address." } });
    const address = parseGuardKey(key).address ?? "";
    const guards = await guardsOf([key]);
    return { address, lifted: await lift(guards, null, now, () => audit("user", null, address)) };
  },
});

/** @returns how many locks were lifted */
async function lift(
  guards: readonly LoginGuard[],
  user: UserRow | null,
  at: number,
  auditOf: (detail: Record<string, unknown>) => AuditRow,
): Promise<number> {
  let lifted = 0;
  for (const guard of guards) {
    const draft = { ...lockDraft(guard, user, at), status: "resolved" as const };
    const detail = { address: draft.data.address ?? null };
    if (await emit(draft, unlockUserChange(guard.key, auditOf(detail)))) lifted++;
  }
  return lifted;
}
