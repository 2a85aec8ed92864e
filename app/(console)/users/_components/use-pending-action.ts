import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/action/use-action";
import type { ActionError, ActionResult } from "@/lib/core/action-error";

/** Runs one of several actions at a time; `pending` names the running one. */
export function usePendingAction() {
  const router = useRouter();
  const { run: act } = useAction();
  const [pending, setPending] = useState<string | null>(null);
  const [error, setError] = useState<ActionError | null>(null);
  const run = (name: string, action: () => Promise<ActionResult<unknown>>, done: string) => {
    if (pending) return;
    setPending(name);
    setError(null);
    act(action, {
      success: done,
      onSuccess: () => router.refresh(),
      onError: setError,
      onSettled: () => setPending(null),
    });
  };
  return { run, pending, error };
}
