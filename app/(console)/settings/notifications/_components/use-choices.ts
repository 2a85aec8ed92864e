import { useOptimistic, useState, useTransition } from "react";
import { answerOf } from "@/components/action/answer-of";
import type { ActionError } from "@/lib/core/action-error";
import { updateNotificationsAction } from "../actions";
import { applyPatch, type Choices, type ChoicesPatch } from "./choices";

export interface ChoicesState {
  choices: Choices;
  /** Saves only what the patch names. @param key where an error is shown: the type of an event, or `global` */
  save: (key: string, patch: ChoicesPatch) => void;
  /** Error of the last change by key. */
  errors: Record<string, ActionError>;
  pending: boolean;
}

/** The stored choices with pending changes applied until the server has answered. */
export function useChoices(stored: Choices): ChoicesState {
  const [choices, applyOptimistic] = useOptimistic(stored, applyPatch);
  const [pending, start] = useTransition();
  const [errors, setErrors] = useState<Record<string, ActionError>>({});
  const save = (key: string, patch: ChoicesPatch) =>
    start(async () => {
      applyOptimistic(patch);
      const answer = await answerOf(() => updateNotificationsAction(patch));
      setErrors(({ [key]: _, ...others }) => (answer.ok ? others : { ...others, [key]: answer.error }));
    });
  return { choices, save, errors, pending };
}
