"use server";

import { signInWith } from "@/lib/auth/next";
import type { ActionResult } from "@/lib/core/action-error";

/** Begins a session in place of one that has ended; the page stays. */
export async function signInAgainAction({
  email,
  password,
}: {
  email: string;
  password: string;
}): Promise<ActionResult<null>> {
  const error = await signInWith(email, password);
  // To the caller `unauthenticated` means: ask for the password. That is what it does already.
  if (error) return { ok: false, error: error.code === "unauthenticated" ? { ...error, code: "invalid" } : error };
  return { ok: true, value: null };
}
