"use server";

import { renewSession } from "@/lib/auth/next";
import { profilePassword } from "@/lib/services/profile/password";
import { profileUpdate } from "@/lib/services/profile/update";
import { action } from "@/lib/web/action";

export const updateProfileAction = action(profileUpdate);

const setPassword = action(profilePassword);

/** A new password ends every other session; this one is renewed. */
export async function changePasswordAction(input: { current: string; password: string }) {
  const answer = await setPassword(input);
  if (answer.ok) await renewSession(answer.value.sessionVersion);
  return answer;
}
