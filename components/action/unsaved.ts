"use client";

import { useSyncExternalStore } from "react";

/** Forms that somebody has changed and not saved. One that left the page counts no more. */
const changed = new Set<HTMLFormElement>();
/** A leave that waits for the person's word; undefined: none. */
let asking: ((mayLeave: boolean) => void) | undefined;
const listeners = new Set<() => void>();

function announce(): void {
  for (const listener of listeners) listener();
}

/** Forms that know whether they differ from what is saved say so by `data-changed`, and are believed; of others any change counts. */
const SAYS_SO = "form[data-changed=true]";

/** Somebody changed a control of the form. */
export function noteChange(form: HTMLFormElement): void {
  changed.add(form);
}

/** What the form holds was saved. @param form left out or null: all of the page */
export function forgetChanges(form?: HTMLFormElement | null): void {
  if (form) changed.delete(form);
  else changed.clear();
}

/** Whether the page holds anything that leaving it would lose. */
export function hasUnsaved(): boolean {
  for (const form of changed) if (!form.isConnected || form.dataset.changed !== undefined) changed.delete(form);
  return changed.size > 0 || document.querySelector(SAYS_SO) !== null;
}

/** Asks before what is unsaved is lost. @returns true at once where nothing is */
export function mayLeave(): Promise<boolean> {
  if (!hasUnsaved()) return Promise.resolve(true);
  asking?.(false);
  return new Promise((resolve) => {
    asking = resolve;
    announce();
  });
}

/** The person's word. */
export function answerLeave(leaves: boolean): void {
  const resolve = asking;
  asking = undefined;
  announce();
  resolve?.(leaves);
}

/** Whether the question is to be shown. */
export function useIsLeaveAsked(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => asking !== undefined,
    () => false,
  );
}
