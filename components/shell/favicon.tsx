"use client";

import { useEffect } from "react";
import { useBell } from "@/components/inbox/bell-state";

/**
 * The icon of the tab says how it is: a green dot while no alert is open, an amber triangle or a red square as bad as the
 * worst of them, and a second, blue dot while something is unread.
 */
export function Favicon() {
  const { unread, worst } = useBell();
  const state = worst === "critical" || worst === "warning" ? worst : "healthy";
  const href = `/icon-${state}${unread > 0 ? "-unread" : ""}.svg`;
  useEffect(() => {
    const icon = document.createElement("link");
    icon.rel = "icon";
    icon.type = "image/svg+xml";
    icon.sizes.value = "any";
    icon.href = href;
    // The last icon of a document counts, and Next puts its own there again with every page.
    const putLast = () => {
      const icons = document.head.querySelectorAll("link[rel=icon]");
      if (icons[icons.length - 1] !== icon) document.head.append(icon);
    };
    putLast();
    const watch = new MutationObserver(putLast);
    watch.observe(document.head, { childList: true });
    return () => {
      watch.disconnect();
      icon.remove();
    };
  }, [href]);
  return null;
}
