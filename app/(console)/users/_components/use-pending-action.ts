import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { toast } from "@/components/ui/toast";
import type { ActionError, ActionResult } from "@/lib/core/action-error";

/** Runs one of several actions at a time; `pending` names the running one. */
export function usePendingAction() {
  const router = useRouter();
  const [, start] = useTransition();
  const [pending, setPending] = useState<string | null>(null);
  const [error, setError] = useState<ActionError | null>(null);
  const run = (name: string, action: () => Promise<ActionResult<unknown>>, done: string) => {
    if (pending) return;
    setPending(name);
    setError(null);
    start(async () => {
      const answer = await action();
      setPending(null);
      if (!answer.ok) return setError(answer.error);
      toast.success(done);
      router.refresh();
    });
  };
  return { run, pending, error };
}
