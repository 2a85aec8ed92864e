"use client";

import { useEffect, useState } from "react";
import { formatDuration } from "@/components/format";

/** How long something has been going on, counting while the page is open. @param since milliseconds */
export function Elapsed({ since, now }: { since: number; now: number }) {
  const [ms, setMs] = useState(Math.max(0, now - since));
  useEffect(() => {
    const tick = () => setMs(Math.max(0, Date.now() - since));
    tick();
    const timer = setInterval(tick, 1_000);
    return () => clearInterval(timer);
  }, [since]);
  // The server rendered it a moment earlier: texts may differ, and the browser's is right.
  return (
    <span className="num" suppressHydrationWarning>
      {formatDuration(ms)}
    </span>
  );
}
