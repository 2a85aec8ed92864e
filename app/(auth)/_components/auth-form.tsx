"use client";

import { startTransition, useActionState, useEffect, useRef } from "react";
import { FormError } from "@/components/form/form-error";
import { OwnAddressInput } from "@/components/settings/own-address-input";
import { OwnTimezoneSelect } from "@/components/settings/own-timezone-select";
import { Button } from "@/components/ui/button";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { emptyForm, type FormState } from "@/lib/web/form-state";

export interface AuthFormField {
  name: string;
  label: string;
  type: "text" | "email" | "password" | "timezone" | "address";
  /** For browsers and password managers. */
  autoComplete: string;
  help?: string;
  /** What it holds at first. */
  value?: string;
}

interface Props {
  action: (previous: FormState, form: FormData) => Promise<FormState>;
  fields: AuthFormField[];
  /** Hidden fields to submit. */
  hidden?: Record<string, string>;
  submit: string;
}

/** The form of a page before sign-in. Works without JavaScript; with it, input is kept after an error. */
export function AuthForm({ action, fields, hidden = {}, submit }: Props) {
  const [state, dispatch, isPending] = useActionState(action, emptyForm);
  const form = useRef<HTMLFormElement>(null);
  const { error, values } = state;

  useEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [error]);

  return (
    <form
      ref={form}
      action={dispatch}
      onSubmit={(event) => {
        // React resets a form that it submits itself.
        event.preventDefault();
        const data = new FormData(event.currentTarget);
        if (!isPending) startTransition(() => dispatch(data));
      }}
      noValidate
    >
      <FieldStack>
        <FormError error={error} known={fields.map((field) => field.name)} />
        {Object.entries(hidden).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        {fields.map(({ name, label, help, value, type, ...input }, index) => (
          <Field key={name} label={label} help={help} error={error?.fields?.[name]}>
            {type === "timezone" ? (
              <OwnTimezoneSelect name={name} emptyLabel="That of this server" given={values[name]} />
            ) : type === "address" ? (
              <OwnAddressInput {...input} name={name} given={values[name]} />
            ) : (
              <Input
                {...input}
                type={type}
                name={name}
                defaultValue={values[name] ?? value}
                autoFocus={index === 0}
                required
              />
            )}
          </Field>
        ))}
        <Button type="submit" variant="primary" pending={isPending} className="mt-1 w-full">
          {submit}
        </Button>
      </FieldStack>
    </form>
  );
}
