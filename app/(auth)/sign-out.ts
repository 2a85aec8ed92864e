"use server";

import { redirect } from "next/navigation";
import { signOutHere } from "@/lib/auth/next";
import { type ActionError, toActionError } from "@/lib/core/action-error";

/** Ends the session of this browser. @returns why it goes on; otherwise the sign-in page follows */
export async function signOutAction(): Promise<ActionError> {
  try {
    await signOutHere();
  } catch (error) {
    return toActionError(error, "session.signOut");
  }
  redirect("/login");
}
