"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import type { Notice } from "@/lib/core/bus";
import { onNotice } from "./notices";

const PAUSE_MS = 700;
/** While Belfry does not answer. */
const RETRY_MS = 2_000;

interface Props {
  topics: readonly Notice["topic"][];
  /** Only when one of these rows moved. A notice without ids means any of them. */
  ids?: readonly string[];
}

/** Reads the page again when something on it moved, at most about once a second. */
export function LiveRefresh({ topics, ids }: Props) {
  const router = useRouter();
  const topicKey = topics.join(" ");
  const idKey = ids?.join(" ");
  useEffect(() => {
    const wanted = new Set(topicKey.split(" "));
    const mine = idKey === undefined ? undefined : new Set(idKey.split(" "));
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    let isOver = false;
    const refresh = (pauseMs = PAUSE_MS) => {
      timer ??= setTimeout(
        async () => {
          timer = undefined;
          last = Date.now();
          const isThere = await answers();
          if (isOver) return;
          if (isThere) router.refresh();
          else refresh(RETRY_MS);
        },
        Math.max(0, last + pauseMs - Date.now()),
      );
    };
    const stop = onNotice((notice) => {
      if (notice === "again") refresh();
      else if (wanted.has(notice.topic) && (!mine || !notice.ids || notice.ids.some((id) => mine.has(id)))) refresh();
    });
    return () => {
      isOver = true;
      stop();
      clearTimeout(timer);
    };
  }, [router, topicKey, idKey]);
  return null;
}

/** Next leaves the page for the browser's own error page when it cannot read it again, so we ask first. */
function answers(): Promise<boolean> {
  return fetch("/api/health", { cache: "no-store" }).then(
    ({ ok }) => ok,
    () => false,
  );
}
