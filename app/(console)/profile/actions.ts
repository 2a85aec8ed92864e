"use server";

import { renewSession } from "@/lib/auth/next";
import { profilePassword } from "@/lib/services/profile/password";
import { profileUpdate } from "@/lib/services/profile/update";
import { action } from "@/lib/web/action";

export const updateProfile = action(profileUpdate);

const setPassword = action(profilePassword);

/** Every other session ends with the old password; this one goes on. */
export async function changePassword(input: { current: string; password: string }) {
  const answer = await setPassword(input);
  if (answer.ok) await renewSession(answer.value.sessionVersion);
  return answer;
}
