import { z } from "zod";
import { beginSession, type Login, type UserRow } from "@/db/stores/users";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { loggerOf } from "@/lib/core/logger";
import { SIGN_IN_METHODS } from "@/lib/core/session";
import { hashToken, newToken } from "@/lib/core/token";
import { emit } from "@/lib/dispatch/emit";
import { userLogin } from "@/lib/events/user-login";
import { hashPassword, needsRehash } from "@/lib/secrets/password";
import { emailField, emailKeyOf, passwordField } from "@/lib/services/users/fields";
import { type AuditRow, defineVerb } from "@/lib/services/verb";
import { browserName } from "./browser-name";
import { checkPassword } from "./check-password";
import { rememberDevice } from "./device";

const log = loggerOf("session");

/** A sign-in waits at most this long for its event. */
const EVENT_WAIT_MS = 1_500;

export interface SignedIn {
  id: string;
  name: string;
  email: string;
  /** Goes into the cookie, and nowhere else: only its hash is stored. */
  sessionToken: string;
  /** The cookie by which this device is known from now on. */
  deviceCookie: string;
}

/** Address and password against an account. All but these two come from the request, never from the form. */
export const sessionSignIn = defineVerb({
  name: "session.signIn",
  permission: "anyone",
  changes: true,
  input: z.object({
    email: emailField,
    password: passwordField.min(1, "Enter your password."),
    method: z.enum(SIGN_IN_METHODS).default("password"),
    address: z.string().max(100).nullable().default(null),
    userAgent: z.string().max(20_000).nullable().default(null),
    deviceCookie: z.string().max(20_000).nullable().default(null),
  }),
  async run({ now, audit }, { email, password, method, address, userAgent, deviceCookie }): Promise<SignedIn> {
    const emailKey = emailKeyOf(email);
    const user = await checkPassword(emailKey, password, { address, deviceCookie });
    if (user.status !== "active") {
      throw new AppError("forbidden", "This account is disabled. Ask an administrator.");
    }
    const row: AuditRow = {
      ...audit("user", user.id, user.name, { device: browserName(userAgent) }),
      actorKind: "user",
      actorId: user.id,
      actorName: user.name,
      address,
    };
    const sessionToken = newToken();
    const device = browserName(userAgent);
    const login: Login = {
      session: {
        id: newId("ses"),
        tokenHash: hashToken(sessionToken),
        userId: user.id,
        method,
        address,
        device,
        createdAt: now,
        lastSeenAt: now,
      },
      sessionVersion: user.sessionVersion,
      passwordHash: user.passwordHash && needsRehash(user.passwordHash) ? await hashPassword(password) : undefined,
    };
    if (!(await beginSession(login, row)))
      throw new AppError("conflict", "Your account was changed while you signed in. Sign in again.");
    await notifySignIn(user, login.session, now);
    return {
      id: user.id,
      name: user.name,
      email: user.email,
      sessionToken,
      deviceCookie: rememberDevice(deviceCookie, user.id),
    };
  },
});

/** A failure to record the event or to notify neither stops nor long delays a person with the right password. */
async function notifySignIn(user: UserRow, { address, device }: Login["session"], at: number): Promise<void> {
  const recorded = emit(
    userLogin.draft({
      subject: { kind: "user", id: user.id, name: user.name },
      data: {
        user: { id: user.id, name: user.name, email: user.email },
        ...(address && { address }),
        ...(device && { userAgent: device }),
      },
      at,
    }),
  ).catch((error: unknown) => log.error("failed to record the event of a sign-in", { userId: user.id, error }));
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((done) => {
    timer = setTimeout(done, EVENT_WAIT_MS);
  });
  await Promise.race([recorded, patience]);
  clearTimeout(timer);
}
