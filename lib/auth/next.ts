import { headers } from "next/headers";
import NextAuth, { CredentialsSignin } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import { cache } from "react";
import { type ActionError, toActionError } from "@/lib/core/action-error";
import { loggerOf } from "@/lib/core/logger";
import { sessionSignIn } from "@/lib/services/session/sign-in";
import type { Actor } from "./access/actor";
import { authSecret, SESSION_MAX_AGE, sessionCookie } from "./access/cookie";
import { sessionOf } from "./access/session";

const log = loggerOf("auth");

declare module "next-auth" {
  interface User {
    sessionVersion?: number;
  }
  interface Session {
    version?: number;
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
// signing in and out goes through server actions only.
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
        credentials: { email: {}, password: {} },
        authorize: (credentials, request) => authorize(credentials, request.headers),
      }),
    ],
    callbacks: {
      jwt({ token, user, trigger, session }) {
        if (user) return { sub: user.id, uid: user.id, v: user.sessionVersion };
        if (trigger === "update" && typeof session?.version === "number") return { ...token, v: session.version };
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

async function authorize(credentials: Partial<Record<"email" | "password", unknown>>, from: Headers) {
  try {
    const { id, name, email, sessionVersion } = await sessionSignIn.call(null, {
      email: credentials.email,
      password: credentials.password,
      address: from.get("x-belfry-address"),
      userAgent: from.get("user-agent"),
    });
    const user = { id, name, email, sessionVersion };
    return user;
  } catch (error) {
    throw new SignInRefused(toActionError(error, "session.signIn"));
  }
}

/** Signs in and sets the cookie; for server actions. @returns the error, or null on success */
export async function signInWith(email: string, password: string): Promise<ActionError | null> {
  try {
    await auth.signIn("credentials", { email, password, redirect: false });
    return null;
  } catch (error) {
    if (error instanceof SignInRefused) return error.failure;
    return toActionError(error, "session.signIn");
  }
}

/** Drops the cookie; for server actions. */
export async function signOutHere(): Promise<void> {
  await auth.signOut({ redirect: false });
}

/** Keeps this browser's session after its account's version went up: the person who changed the password stays signed in. */
export async function renewSession(version: number): Promise<void> {
  await auth.unstable_update({ version });
}

/** Returns the person who is signed in; read once per request. */
export const currentActor = cache(async (): Promise<Actor | null> => {
  const from = await headers();
  return sessionOf(from.get("cookie"), from.get("x-belfry-address"));
});
