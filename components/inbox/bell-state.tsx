"use client";

import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { holdsStream, onNotice } from "@/components/live/notices";
import { createStore, type Store, useStore } from "@/components/ui/store";
import type { InboxPreferences } from "@/lib/core/inbox";
import type { Severity } from "@/lib/core/severity";
import { announceEntry } from "./announce";
import type { InboxItem } from "./entry";

interface Shown {
  unread: number;
  /** Of the open alerts; null: none is open. */
  worst: Severity | null;
  /** The latest entries; null before they were read. */
  entries: readonly InboxItem[] | null;
  /** When they were read, ISO 8601. */
  seenAt: string;
}

/** What the bell shows. */
export interface BellState extends Shown {
  /** Single letters act on the rows of the inbox, as its user wants it. */
  hasKeys: boolean;
  /** Reads the entries anew. */
  refresh: () => void;
}

const Bell = createContext<{ shown: Store<Shown>; hasKeys: boolean; refresh: () => void }>({
  shown: createStore<Shown>({ unread: 0, worst: null, entries: null, seenAt: "" }),
  hasKeys: false,
  refresh: () => {},
});

/** For the page's bell, its sidebar and whatever else shows the count. */
export function useBell(): BellState {
  const { shown, hasKeys, refresh } = useContext(Bell);
  return { ...useStore(shown), hasKeys, refresh };
}

const SHOWN = 8;
/** Between two reads: a storm of events is no storm of requests. */
const PAUSE_MS = 1_000;

interface Props {
  userId: string;
  unread: number;
  worst: Severity | null;
  preferences: InboxPreferences;
  children: ReactNode;
}

/** Keeps the bell of this tab right: it reads again when alerts, or what its user has read, changed. */
export function BellProvider({ userId, unread: initial, worst, preferences, children }: Props) {
  const [shown] = useState(() =>
    createStore<Shown>({ unread: initial, worst, entries: null, seenAt: new Date().toISOString() }),
  );
  // The server counted again with the page.
  useEffect(() => shown.set({ ...shown.get(), unread: initial, worst }), [initial, worst, shown]);
  const announcing = useRef({ preferences, known: null as ReadonlySet<string> | null, unread: initial });
  useEffect(() => {
    announcing.current.preferences = preferences;
  }, [preferences]);
  const read = useCallback(async () => {
    const at = new Date().toISOString();
    const answer = await fetchLatest();
    if (!answer) return;
    shown.set({ unread: answer.unread, worst: answer.worst, entries: answer.items, seenAt: at });
    const before = announcing.current;
    announcing.current = { ...before, known: new Set(answer.items.map(({ id }) => id)), unread: answer.unread };
    const fresh = answer.items.find(({ id, isRead, status }) => !before.known?.has(id) && !isRead && status === "new");
    if (before.known && fresh && answer.unread > before.unread && holdsStream())
      announceEntry(fresh, before.preferences);
  }, [shown]);
  const refresh = usePaced(read);
  useEffect(
    () =>
      onNotice(
        (notice) => {
          if (notice === "again" || notice.topic === "alerts") refresh();
          else if (notice.topic === "inbox" && (!notice.ids || notice.ids.includes(userId))) refresh();
        },
        { inBackground: true },
      ),
    [refresh, userId],
  );
  const wantsToKnow = preferences.browser || preferences.sound;
  useEffect(() => {
    if (wantsToKnow) refresh();
  }, [wantsToKnow, refresh]);
  const { keys: hasKeys } = preferences;
  const state = useMemo(() => ({ shown, hasKeys, refresh }), [shown, hasKeys, refresh]);
  return <Bell value={state}>{children}</Bell>;
}

/** Runs work at once, and again after a pause when it was asked for meanwhile; never twice at a time. */
function usePaced(work: () => Promise<void>): () => void {
  const pace = useRef({ isBusy: false, isWanted: false });
  return useCallback(() => {
    const run = async () => {
      pace.current = { isBusy: true, isWanted: false };
      await work().catch(() => undefined);
      setTimeout(() => {
        pace.current.isBusy = false;
        if (pace.current.isWanted) void run();
      }, PAUSE_MS);
    };
    if (pace.current.isBusy) pace.current.isWanted = true;
    else void run();
  }, [work]);
}

interface InboxAnswer {
  items: InboxItem[];
  unread: number;
  worst: Severity | null;
}

/** @returns null while Belfry does not answer, or the session is over */
async function fetchLatest(): Promise<InboxAnswer | null> {
  const answer = await fetch(`/api/v1/notifications?limit=${SHOWN}`, { cache: "no-store" }).catch(() => null);
  return answer?.ok ? answer.json() : null;
}
