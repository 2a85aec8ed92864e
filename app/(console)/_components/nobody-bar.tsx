"use client";

import { BellOff } from "lucide-react";
import { useEffect, useState } from "react";
import { onNotice } from "@/components/live/notices";
import { Link } from "@/components/ui/link";
import { RelativeTime } from "@/components/ui/relative-time";

/** What the bar says, as the API answers it. */
interface ReachedNobody {
  count: number;
  since: string | null;
  hasFallback: boolean;
}

interface Props {
  found: ReachedNobody;
  /** Whether the reader may set fallback channels. */
  isAdmin: boolean;
}

const GATHER_MS = 500;

/** The red bar on every page: alerts that no channel has taken, and no fallback channel either. */
export function NobodyBar({ found: stored, isAdmin }: Props) {
  const { count, since, hasFallback } = useReachedNobody(stored);
  return (
    <div role="status">
      {count > 0 && (
        <section
          aria-label="Alerts that reached nobody"
          className="mb-5 flex flex-wrap items-baseline gap-x-3 gap-y-1 rounded-md border border-failure bg-failure-bg px-3 py-2 text-failure text-sm"
        >
          <p className="flex min-w-0 flex-1 basis-64 items-baseline gap-2">
            <BellOff aria-hidden="true" className="size-4 shrink-0 self-center" />
            <span>
              <b>{count === 1 ? "1 alert reached nobody" : `${count.toLocaleString("en")} alerts reached nobody`}</b>
              {since && (
                <>
                  , {count === 1 ? "since" : "the first since"} <RelativeTime at={Date.parse(since)} format="full" />
                </>
              )}
              : no channel has taken {count === 1 ? "it" : "them"}, and no fallback channel{" "}
              {hasFallback ? "either" : "is set"}.
            </span>
          </p>
          <span className="flex gap-3 whitespace-nowrap">
            {isAdmin && !hasFallback && (
              <Link href="/settings/notifications#fallback" className="underline underline-offset-3">
                Set a fallback
              </Link>
            )}
            <Link href="/notifications?status=open" className="font-medium underline underline-offset-3">
              Open the inbox
            </Link>
          </span>
        </section>
      )}
    </div>
  );
}

/** What the page was rendered with, and after each change of alerts what the server says. */
function useReachedNobody(stored: ReachedNobody): ReachedNobody {
  const [asked, setAsked] = useState<{ stored: ReachedNobody; found: ReachedNobody } | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      timer = undefined;
      const found = await readReachedNobody();
      if (found) setAsked({ stored, found });
    };
    const stop = onNotice((notice) => {
      if (notice === "again" || ["alerts", "settings", "channels"].includes(notice.topic))
        timer ??= setTimeout(ask, GATHER_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [stored]);
  // A page that was rendered since knows better.
  return asked?.stored === stored ? asked.found : stored;
}

async function readReachedNobody(): Promise<ReachedNobody | null> {
  try {
    const response = await fetch("/api/v1/alerts/reached-nobody", { cache: "no-store" });
    return response.ok ? ((await response.json()) as ReachedNobody) : null;
  } catch {
    return null;
  }
}
