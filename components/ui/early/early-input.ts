"use client";

import { type Ref, useLayoutEffect, useRef } from "react";
import { replayEarly, useBothRefs, useIsTakenOver } from "./take-over";

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/**
 * The ref of a control whose page is drawn before its script is there. What was entered in between, filled in by a
 * password manager or kept by the browser over a reload is shown, but React has heard of none of it: a form would be
 * saved with other values than it shows. Once the control is alive, the browser's own events are sent for it.
 * @param given the ref of the component's user
 */
export function useEarlyInput<C extends Control>(given?: Ref<C>): Ref<C> {
  const control = useRef<C>(null);
  const isTakenOver = useIsTakenOver();
  useLayoutEffect(() => {
    const entered = control.current;
    if (isTakenOver && entered && isChanged(entered)) replayLater(entered);
  }, [isTakenOver]);
  return useBothRefs(control, given);
}

function isBox(control: Control): control is HTMLInputElement {
  return control instanceof HTMLInputElement && (control.type === "checkbox" || control.type === "radio");
}

/** What the server drew. */
function drawn(control: Control): string {
  if (!(control instanceof HTMLSelectElement)) return control.defaultValue;
  const options = [...control.options];
  return (options.find((option) => option.defaultSelected) ?? options.find((option) => !option.disabled))?.value ?? "";
}

function isChanged(control: Control): boolean {
  if (control.disabled) return false;
  if (isBox(control))
    return control.checked !== control.defaultChecked && (control.checked || control.type !== "radio");
  return control.value !== drawn(control) && control.value !== asWritten(control);
}

/** The drawn value as this kind of control writes it: a time without its seconds. */
function asWritten(control: Control): string {
  if (!(control instanceof HTMLInputElement) || control.type === "file") return drawn(control);
  const same = document.createElement("input");
  same.type = control.type;
  same.value = control.defaultValue;
  return same.value;
}

function replayLater(control: Control): void {
  if (isBox(control)) {
    const { checked } = control;
    replayEarly(() => {
      if (!control.isConnected) return;
      // React compares with what was last set by a script; the click then sets it as a person does.
      control.checked = !checked;
      control.click();
    });
    return;
  }
  const entered = control.value;
  const before = drawn(control);
  replayEarly(() => {
    // Entered anew in between: that was heard.
    if (!control.isConnected || (control.value !== entered && control.value !== before)) return;
    control.value = before;
    setUnheard(control, entered);
    control.dispatchEvent(new Event("input", { bubbles: true }));
    control.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

/** Sets a value as the browser does for a person: React, which replaces the property of the element itself, does not notice. */
function setUnheard(control: Control, value: string): void {
  Object.getOwnPropertyDescriptor(Object.getPrototypeOf(control), "value")?.set?.call(control, value);
}
