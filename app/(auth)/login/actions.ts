"use server";

import { redirect } from "next/navigation";
import { signInWith } from "@/lib/auth/next";
import type { FormState } from "@/lib/web/form-state";
import { repeatableValues, textFields } from "@/lib/web/form-text";
import { safePath } from "@/lib/web/request";

/** Signs in and redirects to the page that was requested. */
export async function signInAction(_: FormState, form: FormData): Promise<FormState> {
  const { email = "", password = "", next } = textFields(form);
  const error = await signInWith(email, password);
  if (error) return { values: repeatableValues(form), error };
  redirect(safePath(next) ?? "/");
}
