import type { z } from "zod";
import { currentActor } from "@/lib/auth/next";
import { toActionError } from "@/lib/core/action-error";
import type { Verb } from "@/lib/services/verb";
import type { FormState } from "./form-state";
import { repeatableValues, textFields } from "./form-text";

export interface FormActionOptions<O> {
  /** Makes the verb's input from the form; all text fields by name when left out. */
  input?(form: FormData): Promise<unknown> | unknown;
  /** After success; may redirect. */
  after?(value: O, form: FormData): Promise<void> | void;
}

/**
 * A verb as a form's action for `useActionState`, with and without JavaScript.
 * The entered values come back with the errors, except secrets.
 */
export function formAction<S extends z.ZodType, O>(
  verb: Verb<S, O>,
  options: FormActionOptions<O> = {},
): (previous: FormState, form: FormData) => Promise<FormState> {
  return async (_, form) => {
    let value: O;
    try {
      value = await verb.call(await currentActor(), options.input ? await options.input(form) : textFields(form));
    } catch (error) {
      return { values: repeatableValues(form), error: toActionError(error, verb.name) };
    }
    // Outside the try: a redirect is thrown.
    await options.after?.(value, form);
    return { values: {} };
  };
}
