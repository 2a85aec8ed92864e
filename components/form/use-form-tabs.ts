"use client";

import { type RefObject, useEffect, useRef, useState } from "react";
import { useUrlParam } from "@/components/ui/url-param";

export interface FormTabs<T extends string> {
  tab: T;
  openTab: (next: T) => void;
  /** Opens the first tab with one of these fields, and focuses the field. */
  openFirstInvalid: (fields: Record<string, string>) => void;
}

/** The tab of a form, which the address names; the form keeps its draft while another tab is open. */
export function useFormTabs<T extends string>(
  tabs: readonly T[],
  firstTab: T,
  tabOf: (path: string) => T,
  formRef: RefObject<HTMLFormElement | null>,
): FormTabs<T> {
  const [tab, setTab] = useState(firstTab);
  const address = useUrlParam("tab");
  const wantsFocus = useRef(false);
  const openTab = (next: T) => {
    if (next === tab) return;
    setTab(next);
    address.set(next);
  };
  const openFirstInvalid = (fields: Record<string, string>) => {
    const invalid = tabs.find((one) => Object.keys(fields).some((path) => tabOf(path) === one));
    if (!invalid) return;
    openTab(invalid);
    wantsFocus.current = true;
  };
  // Once the tab with the invalid field has been drawn, the field takes the focus.
  useEffect(() => {
    if (!wantsFocus.current) return;
    const form = formRef.current;
    if (!form || focusInvalid(form)) {
      wantsFocus.current = false;
      return;
    }
    // The tab may still be on its way.
    const watch = new MutationObserver(() => {
      if (!focusInvalid(form)) return;
      wantsFocus.current = false;
      watch.disconnect();
    });
    watch.observe(form, { childList: true, subtree: true });
    return () => watch.disconnect();
  });
  return { tab, openTab, openFirstInvalid };
}

function focusInvalid(form: HTMLFormElement): boolean {
  const field = form.querySelector<HTMLElement>("[aria-invalid=true]");
  if (!field) return false;
  const folded = field.closest("details");
  if (folded) folded.open = true;
  field.focus();
  return true;
}
