"use server";

import { renewSession } from "@/lib/auth/next";
import { profileUpdateInbox } from "@/lib/services/profile/inbox";
import { profilePassword } from "@/lib/services/profile/password";
import { profileEndOtherSessions, profileEndSession } from "@/lib/services/profile/sessions";
import { profileUpdate } from "@/lib/services/profile/update";
import { action } from "@/lib/web/action";

export const updateProfileAction = action(profileUpdate);
export const updateInboxAction = action(profileUpdateInbox);
export const endSessionAction = action(profileEndSession);
export const endOtherSessionsAction = action(profileEndOtherSessions);

const setPassword = action(profilePassword);

/** A new password ends every other session; this one is renewed. */
export async function changePasswordAction(input: { current: string; password: string }) {
  const answer = await setPassword(input);
  if (!answer.ok) return answer;
  const { id, sessionToken } = answer.value;
  await renewSession(sessionToken);
  return { ok: true as const, value: { id } };
}
