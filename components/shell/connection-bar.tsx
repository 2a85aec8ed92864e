"use client";

import { useEffect } from "react";
import { suspectLoss, useConnection } from "@/components/action/connection";
import { holdPageRequests } from "@/components/action/held-page-requests";
import { formatDayTime } from "@/components/format";
import { Spinner } from "@/components/ui/spinner";
import { useTimezone } from "@/components/ui/timezone";

/** Says, while Belfry does not answer, how old the page is; gone as soon as it answers again. */
export function ConnectionBar() {
  const { isLost, since } = useConnection();
  const timezone = useTimezone();
  useEffect(() => {
    const release = holdPageRequests();
    window.addEventListener("offline", suspectLoss);
    return () => {
      release();
      window.removeEventListener("offline", suspectLoss);
    };
  }, []);
  return (
    <div role="status" className="sticky top-12 z-30 empty:hidden">
      {isLost && (
        <p className="flex items-center gap-2 border-line border-b bg-warning-bg px-4 py-1 text-sm md:px-6">
          <Spinner />
          Reconnecting. This page shows data from {formatDayTime(since, timezone)}.
        </p>
      )}
    </div>
  );
}
