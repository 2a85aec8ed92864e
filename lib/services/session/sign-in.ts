import { z } from "zod";
import { recordSignInChange, type UserRow } from "@/db/stores/users";
import { pairKey } from "@/lib/auth/access/lock-rule";
import { AppError } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { emit } from "@/lib/dispatch/emit";
import { userLogin } from "@/lib/events/user-login";
import { hashPassword, needsRehash } from "@/lib/secrets/password";
import { emailField, emailKeyOf, passwordField } from "@/lib/services/users/fields";
import { type AuditRow, defineVerb } from "@/lib/services/verb";
import { browserName } from "./browser-name";
import { checkPassword } from "./check-password";

const log = loggerOf("session");

/** A sign-in waits at most this long until it is recorded. */
const RECORD_WAIT_MS = 1_500;

export interface SignedIn {
  id: string;
  name: string;
  email: string;
  /** Goes into the session: when the account's version increases, the session ends. */
  sessionVersion: number;
}

/** Address and password against an account. `address` and `userAgent` come from the request, never from the form. */
export const sessionSignIn = defineVerb({
  name: "session.signIn",
  permission: "anyone",
  changes: true,
  input: z.object({
    email: emailField,
    password: passwordField.min(1, "Enter your password."),
    address: z.string().nullable().default(null),
    userAgent: z.string().nullable().default(null),
  }),
  async run({ now, audit }, { email, password, address, userAgent }): Promise<SignedIn> {
    const emailKey = emailKeyOf(email);
    const user = await checkPassword(emailKey, password, address);
    if (user.status !== "active") {
      throw new AppError("forbidden", "This account is disabled. Ask an administrator.");
    }
    const row: AuditRow = {
      ...audit("user", user.id, user.name),
      actorKind: "user",
      actorId: user.id,
      actorName: user.name,
      address,
    };
    const passwordHash = user.passwordHash && needsRehash(user.passwordHash) ? await hashPassword(password) : undefined;
    const login = { userId: user.id, at: now, guardKey: pairKey(emailKey, address), passwordHash };
    await recordSignIn(user, login, row, address, userAgent);
    return { id: user.id, name: user.name, email: user.email, sessionVersion: user.sessionVersion };
  },
});

/** Records the sign-in. A failure to notify or to write neither stops nor long delays a person with the right password. */
async function recordSignIn(
  user: UserRow,
  login: Parameters<typeof recordSignInChange>[0],
  audit: AuditRow,
  address: string | null,
  userAgent: string | null,
): Promise<void> {
  const browser = browserName(userAgent);
  const recorded = emit(
    userLogin.draft({
      subject: { kind: "user", id: user.id, name: user.name },
      data: {
        user: { id: user.id, name: user.name, email: user.email },
        ...(address && { address }),
        ...(browser && { userAgent: browser }),
      },
      at: login.at,
    }),
    recordSignInChange(login, audit),
  ).catch((error: unknown) => log.error("failed to record a sign-in", { userId: user.id, error }));
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((done) => {
    timer = setTimeout(done, RECORD_WAIT_MS);
  });
  await Promise.race([recorded, patience]);
  clearTimeout(timer);
}
