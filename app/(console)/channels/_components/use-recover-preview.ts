import { useEffect, useState } from "react";
import { answerOf } from "@/components/action/answer-of";
import type { ActionError } from "@/lib/core/action-error";
import type { RecoveredView } from "@/lib/services/channels/recover";
import { recoverChannelAction } from "../actions";

/** Which lost notifications are meant, and how they are sent. */
export interface RecoverChoice {
  id: string;
  /** ISO 8601; null while the field holds no time. */
  since: string | null;
  as: "each" | "summary" | "open";
  includeCanceled: boolean;
}

export interface RecoverPreview {
  /** Null while it is asked for, and after an error. */
  found: RecoveredView | null;
  error: ActionError | null;
}

/** Typing a time asks once. */
const GATHER_MS = 250;
const NONE: RecoverPreview = { found: null, error: null };

/** What would be sent, asked again with every change of the choice. Not asked while it is not `wanted`. */
export function useRecoverPreview({ id, since, as, includeCanceled }: RecoverChoice, wanted: boolean): RecoverPreview {
  const key = JSON.stringify({ id, since, as, includeCanceled });
  const [answer, setAnswer] = useState<{ key: string; preview: RecoverPreview } | null>(null);
  useEffect(() => {
    if (!wanted || since === null) return;
    let isLate = false;
    const timer = setTimeout(async () => {
      const result = await answerOf(() => recoverChannelAction({ id, since, as, includeCanceled, dryRun: true }));
      const preview = result.ok ? { found: result.value, error: null } : { found: null, error: result.error };
      if (!isLate) setAnswer({ key, preview });
    }, GATHER_MS);
    return () => {
      isLate = true;
      clearTimeout(timer);
    };
  }, [wanted, key, id, since, as, includeCanceled]);
  return wanted && answer?.key === key ? answer.preview : NONE;
}
