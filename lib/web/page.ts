import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import type { z } from "zod";
import type { Actor } from "@/lib/auth/access/actor";
import { hasRole } from "@/lib/auth/access/permission";
import { currentActor } from "@/lib/auth/next";
import { isAppError } from "@/lib/core/errors";
import type { Verb } from "@/lib/services/verb";
import { safePath } from "./request";

/** The signed-in user; anyone else is redirected to sign in, and returns afterwards. */
export async function signedIn(): Promise<Actor> {
  const actor = await currentActor();
  if (actor) return actor;
  const back = safePath((await headers()).get("x-belfry-path"));
  redirect(back ? `/login?next=${encodeURIComponent(back)}` : "/login");
}

/**
 * Reads through a verb for a page. A visitor without a session is redirected to sign in; what does not exist,
 * may not be seen, or has a malformed address is the not-found page.
 */
export async function page<S extends z.ZodType, O>(verb: Verb<S, O>, input: z.input<S>): Promise<O> {
  const value = await read(verb, input);
  return value === MISSING ? notFound() : value;
}

/** As `page`, but null in place of the not-found page: for parts of a page that not every role sees. */
export async function pageOrNull<S extends z.ZodType, O>(verb: Verb<S, O>, input: z.input<S>): Promise<O | null> {
  const value = await read(verb, input);
  return value === MISSING ? null : value;
}

/**
 * As `page`, but with a sentence where what it asks does not answer, is not there, or is not for the reader: for parts
 * of a page that another program has to answer.
 */
export async function pageOrReason<S extends z.ZodType, O>(
  verb: Verb<S, O>,
  input: z.input<S>,
): Promise<{ value: O } | { reason: string }> {
  try {
    return { value: await verb.call(await signedIn(), input) };
  } catch (error) {
    if (isAppError(error) && error.code !== "internal") return { reason: error.message };
    throw error;
  }
}

const MISSING = Symbol("missing");

async function read<S extends z.ZodType, O>(verb: Verb<S, O>, input: z.input<S>): Promise<O | typeof MISSING> {
  const actor = verb.permission === "anyone" ? await currentActor() : await signedIn();
  // A part that a role does not see is no attempt to see it.
  if (verb.permission !== "anyone" && !hasRole(actor, verb.permission)) return MISSING;
  try {
    return await verb.call(actor, input);
  } catch (error) {
    if (isAppError(error) && ["not_found", "forbidden", "invalid"].includes(error.code)) return MISSING;
    throw error;
  }
}
