"use client";

import { type FormEvent, type RefObject, useCallback, useEffect, useRef, useState, useTransition } from "react";
import { answerOf } from "@/components/action/answer-of";
import { forgetChanges } from "@/components/action/unsaved";
import { toast } from "@/components/ui/toast";
import type { ActionError, ActionResult } from "@/lib/core/action-error";

interface Options<O> {
  onSuccess?: (value: O) => void;
  /** Toast after success: `Saved`. */
  success?: string;
  /** `onSuccess` goes to another page: until that is there, a further click does nothing. */
  leaves?: boolean;
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
  { onSuccess, success, leaves = false }: Options<O> = {},
): VerbForm<I, O> {
  const [isSending, start] = useTransition();
  const [isLeaving, setLeaving] = useState(false);
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
        const result = await answerOf(() => action(input));
        busy.current = result.ok && leaves;
        setLeaving(busy.current);
        setError(result.ok ? null : result.error);
        if (result.ok) {
          forgetChanges(formRef.current);
          if (success) toast.success(success);
          onSuccess?.(result.value);
        }
        resolve(result);
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
    pending: isSending || isLeaving,
    error,
    fields: error?.fields ?? {},
    formRef,
    clear,
    bind: (read) => ({
      ref: formRef,
      onSubmit: (event) => {
        event.preventDefault();
        void submit(read(new FormData(event.currentTarget)));
      },
    }),
  };
}
