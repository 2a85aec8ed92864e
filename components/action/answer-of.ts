"use client";

import { unstable_isUnrecognizedActionError, unstable_rethrow } from "next/navigation";
import type { ActionError, ActionResult } from "@/lib/core/action-error";
import { wrongAddressOf } from "@/lib/core/wrong-address";
import { suspectLoss } from "./connection";
import { signInAgain } from "./sign-in-again";

const UNREACHABLE: ActionError = { code: "unavailable", message: "Belfry did not answer. Try again in a moment." };
const UPDATED: ActionError = {
  code: "conflict",
  message: "Belfry was updated since this page was opened. Copy what you entered, then reload the page.",
};
const SIGNED_OUT: ActionError = { code: "unauthenticated", message: "Your session has ended. Sign in to go on." };

/** Whether it is Belfry that was not reached, and not an answer of its own. */
export const isUnreachable = (error: ActionError): boolean => error === UNREACHABLE;

/**
 * Calls a server action, and always comes back with an answer: an action throws when Belfry is not reached, and an error
 * that nobody catches replaces the page with all that was entered. When the session has ended, the person signs in over the
 * page, and the call is made once more.
 */
export async function answerOf<O>(call: () => Promise<ActionResult<O>>): Promise<ActionResult<O>> {
  const answer = await attempt(call);
  if (answer.ok || answer.error.code !== "unauthenticated") return answer;
  return (await signInAgain()) ? attempt(call) : { ok: false, error: SIGNED_OUT };
}

async function attempt<O>(call: () => Promise<ActionResult<O>>): Promise<ActionResult<O>> {
  try {
    return await call();
  } catch (thrown) {
    unstable_rethrow(thrown);
    const wrongAddress = wrongAddressOf(thrown);
    if (wrongAddress) return { ok: false, error: { code: "forbidden", message: wrongAddress } };
    if (unstable_isUnrecognizedActionError(thrown)) return { ok: false, error: UPDATED };
    suspectLoss();
    return { ok: false, error: UNREACHABLE };
  }
}
