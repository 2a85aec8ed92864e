"use client";

import { useCallback, useRef, useState, useTransition } from "react";
import { toast } from "@/components/ui/toast";
import type { ActionError, ActionResult } from "@/lib/core/action-error";
import { answerOf, isUnreachable } from "./answer-of";

export interface ActionHandlers<O> {
  /** After success, before anything else is drawn. */
  onSuccess?: (value: O) => void;
  /** Shows the error in its place; left out: a toast. Where Belfry is not reached it is always a toast, with Retry. */
  onError?: (error: ActionError) => void;
  /** After either, as for a list that is to be read again. */
  onSettled?: () => void;
  /** Toast after success. */
  success?: string;
  /** Takes back what was done: a button of the toast. */
  undo?: (value: O) => Promise<ActionResult<unknown>>;
  /** `onSuccess` goes to another page: until that is there, a further click does nothing. */
  leaves?: boolean;
}

export interface Action {
  /** Runs a server action; a second one while one is pending does nothing. */
  run: <O>(call: () => Promise<ActionResult<O>>, handlers?: ActionHandlers<O>) => void;
  pending: boolean;
}

/** One control that acts at once, without a form: a switch, a button, an item of a menu. */
export function useAction(): Action {
  const [isSending, start] = useTransition();
  const [isLeaving, setLeaving] = useState(false);
  const busy = useRef(false);
  const run = useCallback(<O>(call: () => Promise<ActionResult<O>>, handlers: ActionHandlers<O> = {}) => {
    if (busy.current) return;
    busy.current = true;
    start(async () => {
      const answer = await answerOf(call);
      busy.current = answer.ok && handlers.leaves === true;
      setLeaving(busy.current);
      if (answer.ok) {
        const { success, undo, onSettled } = handlers;
        const takeBack = () => undo && run(() => undo(answer.value), { success: "Undone.", onSettled });
        if (success) toast.success(success, undo && { label: "Undo", run: takeBack });
        handlers.onSuccess?.(answer.value);
      } else if (isUnreachable(answer.error))
        toast.error(answer.error.message, { label: "Retry", run: () => run(call, handlers) });
      else if (handlers.onError) handlers.onError(answer.error);
      else toast.error(answer.error.message);
      handlers.onSettled?.();
    });
  }, []);
  return { run, pending: isSending || isLeaving };
}

/** After an act that a dialog confirmed: says that it is done, and offers to take it back as a button of the toast. */
export function useUndoToast(): (
  text: string,
  undo: () => Promise<ActionResult<unknown>>,
  onSettled: () => void,
) => void {
  const { run } = useAction();
  return useCallback(
    (text, undo, onSettled) =>
      toast.success(text, { label: "Undo", run: () => run(undo, { success: "Undone.", onSettled }) }),
    [run],
  );
}
