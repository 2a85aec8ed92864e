import { cookies, headers } from "next/headers";
import NextAuth, { CredentialsSignin } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { cache } from "react";
import { type ActionError, toActionError } from "@/lib/core/action-error";
import { loggerOf } from "@/lib/core/logger";
import type { SignInMethod } from "@/lib/core/session";
import { sessionSignIn } from "@/lib/services/session/sign-in";
import { sessionSignOut } from "@/lib/services/session/sign-out";
import type { Actor } from "./access/actor";
import { authSecret, SESSION_MAX_AGE, sessionCookie } from "./access/cookie";
import { DEVICE_MAX_AGE, deviceCookie } from "./access/device-cookie";
import { sessionOf } from "./access/session";

const log = loggerOf("auth");

declare module "next-auth" {
  interface User {
    sessionToken?: string;
  }
  interface Session {
    token?: string;
  }
}

/** Carries the verb's error through next-auth to the form. */
class SignInRefused extends CredentialsSignin {
  readonly failure: ActionError;

  constructor(failure: ActionError) {
    super(failure.message);
    this.failure = failure;
  }
}

// Configured on first use, so that a build opens no key and no database. There is no /api/auth route:
// signing in and out goes through server actions only. Auth.js keeps sessions in a database for no sign-in with a
// password, so its sealed cookie carries nothing but the token of a session of ours.
const auth = NextAuth(() => {
  const { name, secure } = sessionCookie();
  return {
    secret: authSecret(),
    trustHost: true,
    useSecureCookies: secure,
    cookies: { sessionToken: { name, options: { httpOnly: true, sameSite: "lax", path: "/", secure } } },
    session: { strategy: "jwt", maxAge: SESSION_MAX_AGE },
    pages: { signIn: "/login", error: "/login" },
    providers: [
      Credentials({
        credentials: { email: {}, password: {}, method: {} },
        authorize: (credentials, request) => authorize(credentials, request.headers),
      }),
    ],
    callbacks: {
      jwt({ token, user, trigger, session }) {
        if (user) return { sid: user.sessionToken };
        if (trigger === "update" && typeof session?.token === "string") return { sid: session.token };
        return token;
      },
    },
    logger: {
      error(error) {
        if (!("type" in error && error.type === "CredentialsSignin")) log.error("failed to sign in", { error });
      },
      warn: () => undefined,
      debug: () => undefined,
    },
  };
});

async function authorize(credentials: Partial<Record<"email" | "password" | "method", unknown>>, from: Headers) {
  try {
    const jar = await cookies();
    const known = deviceCookie();
    const signedIn = await sessionSignIn.call(null, {
      email: credentials.email,
      password: credentials.password,
      method: credentials.method,
      address: from.get("x-belfry-address"),
      userAgent: from.get("user-agent"),
      deviceCookie: jar.get(known.name)?.value ?? null,
    });
    const flags = { httpOnly: true, sameSite: "lax", path: "/", secure: known.secure } as const;
    jar.set(known.name, signedIn.deviceCookie, { ...flags, maxAge: DEVICE_MAX_AGE });
    return { id: signedIn.id, sessionToken: signedIn.sessionToken };
  } catch (error) {
    throw new SignInRefused(toActionError(error, "session.signIn"));
  }
}

/** Begins a session and sets its cookie; for server actions. @returns the error, or null on success */
export async function signInWith(
  email: string,
  password: string,
  method: SignInMethod = "password",
): Promise<ActionError | null> {
  try {
    await auth.signIn("credentials", { email, password, method, redirect: false });
    return null;
  } catch (error) {
    if (error instanceof SignInRefused) return error.failure;
    return toActionError(error, "session.signIn");
  }
}

/**
 * Ends the session of this browser, and drops its cookie; for server actions.
 * @throws AppError `unavailable` when it could not be ended; the person is still signed in then
 */
export async function signOutHere(): Promise<void> {
  const actor = await currentActor();
  if (actor) await sessionSignOut.call(actor, {});
  await auth.signOut({ redirect: false });
}

/** Seals a new token of this browser's session into its cookie. */
export async function renewSession(token: string): Promise<void> {
  await auth.unstable_update({ token });
}

/** Returns the person who is signed in; read once per request. */
export const currentActor = cache(async (): Promise<Actor | null> => {
  const from = await headers();
  return sessionOf(from.get("cookie"), from.get("x-belfry-address"));
});
