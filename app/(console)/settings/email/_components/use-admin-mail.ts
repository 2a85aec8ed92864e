import { useOptimistic, useState, useTransition } from "react";
import { answerOf } from "@/components/action/answer-of";
import type { ActionError } from "@/lib/core/action-error";
import { updateAdminMailAction } from "../actions";

type Switches = Record<string, boolean>;

/** The stored switches, with what is being saved in them until the server has answered. */
export function useAdminMail(stored: Switches) {
  const [switches, applyOptimistic] = useOptimistic(stored, (known, change: Switches) => ({ ...known, ...change }));
  const [pending, start] = useTransition();
  const [error, setError] = useState<ActionError>();
  /** Saves this switch alone. */
  const save = (type: string, isOn: boolean) =>
    start(async () => {
      const change = { [type]: isOn };
      applyOptimistic(change);
      const answer = await answerOf(() => updateAdminMailAction({ mailAdmins: change }));
      setError(answer.ok ? undefined : answer.error);
    });
  return { switches, save, pending, error };
}
