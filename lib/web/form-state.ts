import type { ActionError } from "@/lib/core/action-error";

/** What a form that works without JavaScript gets back: the entered values, and the error. */
export interface FormState {
  values: Record<string, string>;
  error?: ActionError;
}

export const emptyForm: FormState = { values: {} };
