"use client";

import { type RefObject, useEffect, useRef } from "react";
import { useBell } from "./bell-state";
import type { InboxItem } from "./entry";
import type { EntryHandlers } from "./use-entry-actions";

/** Where a letter is text, or belongs to something that is open over the page. */
const OCCUPIED = "input, textarea, select, [contenteditable=true], [role=dialog], [role=menu]";

/**
 * The keys of the inbox, for a user who has not turned them off: j and k move between rows, and on a row e acknowledges
 * and r marks as read.
 * @returns where each row registers its element
 */
export function useRowKeys(
  entries: readonly InboxItem[],
  handlers: EntryHandlers,
): RefObject<Map<string, HTMLTableRowElement>> {
  const { hasKeys } = useBell();
  const rows = useRef(new Map<string, HTMLTableRowElement>());
  const latest = useRef({ entries, handlers });
  useEffect(() => {
    latest.current = { entries, handlers };
  });
  useEffect(() => {
    if (!hasKeys) return;
    const onKey = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : document.body;
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || target.closest(OCCUPIED)) return;
      const { entries: shown, handlers: act } = latest.current;
      const at = shown.findIndex(({ id }) => rows.current.get(id)?.contains(document.activeElement));
      const entry = shown[at];
      if (event.key === "j" || event.key === "k") {
        const next = shown[event.key === "j" ? Math.min(at + 1, shown.length - 1) : Math.max(at - 1, 0)];
        if (next) rows.current.get(next.id)?.focus();
      } else if (event.key === "r" && entry && !entry.isRead) act.read(entry);
      else if (event.key === "e" && entry?.kind === "alert" && (entry.status === "new" || entry.status === "read"))
        act.acknowledge?.(entry);
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [hasKeys]);
  return rows;
}
