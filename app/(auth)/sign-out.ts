"use server";

import { redirect } from "next/navigation";
import { signOutHere } from "@/lib/auth/next";

/** Ends the session of this browser. */
export async function signOutAction(): Promise<void> {
  await signOutHere();
  redirect("/login");
}
