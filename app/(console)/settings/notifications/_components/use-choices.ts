import { useOptimistic, useState, useTransition } from "react";
import type { ActionError } from "@/lib/core/action-error";
import { updateNotifications } from "../actions";
import { type Choices, type ChoicesPatch, patched } from "./choices";

const UNREACHABLE: ActionError = {
  code: "unavailable",
  message: "Belfry did not answer, so nothing was changed. Try again in a moment.",
};

export interface ChoicesState {
  choices: Choices;
  /** Saves at once and only what the patch names. @param place where a refusal is shown: an event's type, or `global` */
  save: (place: string, patch: ChoicesPatch) => void;
  /** Why the last change at a place was refused; it stands as before then. */
  errors: Record<string, ActionError>;
  pending: boolean;
}

/** The choices as the server knows them, with what is being saved laid over until the server has answered. */
export function useChoices(stored: Choices): ChoicesState {
  const [choices, lay] = useOptimistic(stored, patched);
  const [pending, start] = useTransition();
  const [errors, setErrors] = useState<Record<string, ActionError>>({});
  const save = (place: string, patch: ChoicesPatch) =>
    start(async () => {
      lay(patch);
      const answer = await updateNotifications(patch).catch(() => ({ ok: false as const, error: UNREACHABLE }));
      setErrors(({ [place]: _, ...others }) => (answer.ok ? others : { ...others, [place]: answer.error }));
    });
  return { choices, save, errors, pending };
}
