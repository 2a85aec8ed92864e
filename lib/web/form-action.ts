import type { z } from "zod";
import { currentActor } from "@/lib/auth/next";
import { failureOf } from "@/lib/core/failure";
import type { Verb } from "@/lib/services/verb";
import type { FormState } from "./form-state";

export interface FormActionOptions<O> {
  /** The verb's input, from what was typed; all text fields by name when left out. */
  input?(form: FormData): unknown;
  /** After success; may redirect. */
  then?(value: O, form: FormData): Promise<void> | void;
}

/**
 * A verb as a form's action for `useActionState`, with and without JavaScript.
 * What was typed comes back beside the errors, except secrets.
 */
export function formAction<S extends z.ZodType, O>(
  verb: Verb<S, O>,
  options: FormActionOptions<O> = {},
): (previous: FormState, form: FormData) => Promise<FormState> {
  return async (_, form) => {
    let value: O;
    try {
      value = await verb.call(await currentActor(), options.input ? options.input(form) : textsOf(form));
    } catch (error) {
      return { values: typedIn(form), error: failureOf(error, verb.name) };
    }
    // Outside the try: a redirect is thrown.
    await options.then?.(value, form);
    return { values: {} };
  };
}

/** The form's own text fields; Next's hidden ones begin with `$`. */
export function textsOf(form: FormData): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of form) if (typeof value === "string" && !name.startsWith("$")) texts[name] = value;
  return texts;
}

/** What may be shown again: a secret is typed anew. */
export function typedIn(form: FormData): Record<string, string> {
  return Object.fromEntries(
    Object.entries(textsOf(form)).filter(([name]) => !/password|current|code|token/i.test(name)),
  );
}
