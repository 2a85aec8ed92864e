import type { ActionError } from "@/lib/core/action-error";

/** What a form that works without JavaScript gets back: what was typed, and what was wrong with it. */
export interface FormState {
  values: Record<string, string>;
  error?: ActionError;
}

export const emptyForm: FormState = { values: {} };
