"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { isReachable, isSessionOver, suspectLoss } from "@/components/action/connection";
import { signInAgain } from "@/components/action/sign-in-again";
import { hasUnsaved } from "@/components/action/unsaved";
import type { Notice } from "@/lib/core/bus";
import { onNotice } from "./notices";

const PAUSE_MS = 700;
/** While Belfry does not answer. */
const RETRY_MS = 2_000;

interface Props {
  topics: readonly Notice["topic"][];
  /** Refresh only when one of these changed. A notice without ids means any. */
  ids?: readonly string[];
}

/** Refreshes the page when something on it changed, at most about once a second. */
export function LiveRefresh({ topics, ids }: Props) {
  const router = useRouter();
  const topicKey = topics.join(" ");
  const idKey = ids?.join(" ");
  useEffect(() => {
    const watched = new Set(topicKey.split(" "));
    const watchedIds = idKey === undefined ? undefined : new Set(idKey.split(" "));
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    let isUnmounted = false;
    const refresh = (pauseMs = PAUSE_MS) => {
      timer ??= setTimeout(
        async () => {
          timer = undefined;
          last = Date.now();
          const mayRefresh = await isRefreshable();
          if (isUnmounted) return;
          if (mayRefresh) router.refresh();
          else refresh(RETRY_MS);
        },
        Math.max(0, last + pauseMs - Date.now()),
      );
    };
    const stop = onNotice((notice) => {
      if (notice === "again") refresh();
      else if (watched.has(notice.topic) && (!watchedIds || !notice.ids || notice.ids.some((id) => watchedIds.has(id))))
        refresh();
    });
    return () => {
      isUnmounted = true;
      stop();
      clearTimeout(timer);
    };
  }, [router, topicKey, idKey]);
  return null;
}

/**
 * Next shows the browser's error page when a refresh fails, so check first that Belfry answers. Where the session has ended,
 * a refresh shows the sign-in: before it takes away what was entered and not saved, the person may sign in over the page.
 */
async function isRefreshable(): Promise<boolean> {
  if (!(await isReachable())) {
    suspectLoss();
    return false;
  }
  if (!hasUnsaved()) return true;
  return (await isSessionOver()) ? signInAgain() : true;
}
