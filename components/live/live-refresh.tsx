"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { isReachable, isSessionOver, suspectLoss } from "@/components/action/connection";
import { signInAgain } from "@/components/action/sign-in-again";
import { hasUnsaved } from "@/components/action/unsaved";
import type { Notice } from "@/lib/core/bus";
import { onNotice } from "./notices";
import { requestRefresh, withdrawRefresh } from "./page-refresh";

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
    const refresher = { isRefreshable, refresh: () => router.refresh() };
    const stop = onNotice((notice) => {
      if (notice === "again") requestRefresh(refresher);
      else if (watched.has(notice.topic) && (!watchedIds || !notice.ids || notice.ids.some((id) => watchedIds.has(id))))
        requestRefresh(refresher);
    });
    return () => {
      stop();
      withdrawRefresh(refresher);
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
