"use client";

import { useEffect } from "react";
import { useBell } from "@/components/inbox/bell-state";

/** The icon of the tab has a red mark while something unread waits, as the bell does. */
export function Favicon() {
  const { unread } = useBell();
  const isMarked = unread > 0;
  useEffect(() => {
    if (!isMarked) return;
    // The last icon of a document counts. Next keeps its own, which stays as it is.
    const icon = document.createElement("link");
    icon.rel = "icon";
    icon.type = "image/svg+xml";
    icon.href = "/icon-attention.svg";
    document.head.append(icon);
    return () => icon.remove();
  }, [isMarked]);
  return null;
}
