"use client";

import { unstable_rethrow } from "next/navigation";
import { type FormEvent, type RefObject, useCallback, useEffect, useRef, useState, useTransition } from "react";
import { toast } from "@/components/ui/toast";
import type { ActionError, ActionResult } from "@/lib/core/action-error";
import { wrongAddressOf } from "@/lib/core/wrong-address";

const UNREACHABLE: ActionError = {
  code: "unavailable",
  message: "Belfry did not answer. What you entered is still here: try again in a moment.",
};

interface Options<O> {
  onSuccess?: (value: O) => void;
  /** Toast after success: `Saved`. */
  success?: string;
}

export interface VerbForm<I, O> {
  /** Runs the action; a second call while one is pending does nothing. */
  submit: (input: I) => Promise<ActionResult<O> | undefined>;
  pending: boolean;
  error: ActionError | null;
  /** One sentence per field, by its path. */
  fields: Record<string, string>;
  formRef: RefObject<HTMLFormElement | null>;
  /** Props for a form whose controls keep their own state. */
  bind: (read: (data: FormData) => I) => {
    ref: RefObject<HTMLFormElement | null>;
    noValidate: true;
    onSubmit: (event: FormEvent<HTMLFormElement>) => void;
  };
  clear: () => void;
}

/**
 * A form over one server action. Input is kept, a second click is ignored,
 * and after an error the first invalid field gets the focus.
 */
export function useVerbForm<I, O>(
  action: (input: I) => Promise<ActionResult<O>>,
  { onSuccess, success }: Options<O> = {},
): VerbForm<I, O> {
  const [pending, start] = useTransition();
  const [error, setError] = useState<ActionError | null>(null);
  const busy = useRef(false);
  const formRef = useRef<HTMLFormElement>(null);

  const submit = (input: I) =>
    new Promise<ActionResult<O> | undefined>((resolve) => {
      if (busy.current) {
        resolve(undefined);
        return;
      }
      busy.current = true;
      start(async () => {
        try {
          const result = await action(input);
          setError(result.ok ? null : result.error);
          if (result.ok) {
            if (success) toast.success(success);
            onSuccess?.(result.value);
          }
          resolve(result);
        } catch (thrown) {
          unstable_rethrow(thrown);
          const wrongAddress = wrongAddressOf(thrown);
          const failure: ActionError = wrongAddress ? { code: "forbidden", message: wrongAddress } : UNREACHABLE;
          setError(failure);
          resolve({ ok: false, error: failure });
        } finally {
          busy.current = false;
        }
      });
    });

  useEffect(() => {
    if (!error) return;
    const invalid = formRef.current?.querySelector<HTMLElement>("[aria-invalid=true]");
    const collapsed = invalid?.closest("details");
    if (collapsed) collapsed.open = true;
    invalid?.focus();
  }, [error]);

  const clear = useCallback(() => setError(null), []);
  return {
    submit,
    pending,
    error,
    fields: error?.fields ?? {},
    formRef,
    clear,
    bind: (read) => ({
      ref: formRef,
      noValidate: true,
      onSubmit: (event) => {
        event.preventDefault();
        void submit(read(new FormData(event.currentTarget)));
      },
    }),
  };
}
