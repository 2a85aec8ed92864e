import { z } from "zod";
import { userOfInvitation } from "@/db/queries/users";
import { writeAudit } from "@/db/stores/audit";
import { redeemInvitation } from "@/db/stores/users";
import { transact } from "@/db/transact";
import { AppError } from "@/lib/core/errors";
import { hashToken } from "@/lib/core/token";
import { hashPassword } from "@/lib/secrets/password";
import { assertGoodPassword, newPasswordField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";

const tokenField = z.string().max(200);

/** Returns the person an invitation is for, so that the page can greet them. */
export const invitationsGet = defineVerb({
  name: "invitations.get",
  permission: "anyone",
  changes: false,
  input: z.object({ token: tokenField }),
  async run({ now }, { token }) {
    const user = await userOfInvitation(hashToken(token), now);
    if (!user) throw invalidInvitation();
    return { name: user.name, email: user.email };
  },
});

/** Sets the password that the invited person chose. The link works once. `address` comes from the request, never from the form. */
export const invitationsAccept = defineVerb({
  name: "invitations.accept",
  permission: "anyone",
  changes: true,
  input: z.object({
    token: tokenField,
    password: newPasswordField,
    address: z.string().max(100).nullable().default(null),
  }),
  async run({ now, audit }, { token, password, address }) {
    const tokenHash = hashToken(token);
    const invited = await userOfInvitation(tokenHash, now);
    if (!invited) throw invalidInvitation();
    await assertGoodPassword(password, invited);
    const passwordHash = await hashPassword(password);
    return await transact([], function* (tx) {
      const { id, name, email } = yield* redeemInvitation(tx, tokenHash, passwordHash, now);
      const row = audit("user", id, name);
      yield* writeAudit(tx, { ...row, actorKind: "user", actorId: id, actorName: name, address });
      return { id, email };
    });
  },
});

function invalidInvitation(): AppError {
  return new AppError("not_found", "This invitation is no longer valid. Ask an administrator for a new one.");
}
