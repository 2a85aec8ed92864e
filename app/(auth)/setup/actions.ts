"use server";

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { signInWith } from "@/lib/auth/next";
import { setupCreate } from "@/lib/services/setup/create";
import { formAction } from "@/lib/web/form-action";
import { textFields } from "@/lib/web/form-text";
import { callerAddress } from "@/lib/web/request";

/** Creates the first administrator and signs them in. */
export const createFirstAdminAction = formAction(setupCreate, {
  // Never take the address from the form.
  input: async (form) => ({ ...textFields(form), address: callerAddress(await headers()) }),
  async after(_, form) {
    const { email = "", password = "" } = textFields(form);
    const error = await signInWith(email, password, "setup");
    redirect(error ? "/login" : "/welcome");
  },
});
