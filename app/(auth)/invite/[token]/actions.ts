"use server";

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { signInWith } from "@/lib/auth/next";
import { invitationsAccept } from "@/lib/services/invitations/accept";
import { formAction } from "@/lib/web/form-action";
import { textFields } from "@/lib/web/form-text";
import { callerAddress } from "@/lib/web/request";

/** Sets the password of an invited user and signs them in. */
export const acceptInvitationAction = formAction(invitationsAccept, {
  input: async (form) => ({ ...textFields(form), address: callerAddress(await headers()) }),
  async after({ email }, form) {
    const error = await signInWith(email, textFields(form).password ?? "", "invitation");
    redirect(error ? "/login" : "/");
  },
});
