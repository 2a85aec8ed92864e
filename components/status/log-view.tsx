"use client";

import { ArrowDown } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { useTimezone } from "@/components/ui/timezone";
import { zonedLog } from "./zoned-log";

const NEAR_END_PX = 24;

interface Props {
  text: string;
  /** Accessible name: `Log of the run`. */
  label: string;
  /** The log still grows: the view follows its end until the user scrolls up. */
  streaming?: boolean;
  empty?: string;
}

/** A log, with its times in the zone of its reader; a copy keeps those that were written. While it grows the view follows its end; scrolled up it stays and offers to follow again. */
export function LogView({ text, label, streaming = false, empty = "Nothing logged yet." }: Props) {
  const view = useRef<HTMLElement>(null);
  const timezone = useTimezone();
  const [following, setFollowing] = useState(streaming);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end moves when the text grows
  useEffect(() => {
    if (following && view.current) view.current.scrollTop = view.current.scrollHeight;
  }, [text, following]);
  return (
    <div className="relative">
      <section
        ref={view}
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keyboard users scroll it
        tabIndex={0}
        onScroll={(event) => {
          if (!streaming) return;
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          setFollowing(scrollHeight - scrollTop - clientHeight < NEAR_END_PX);
        }}
        className="h-80 resize-y overflow-auto rounded-b-lg outline-offset-[-2px]"
      >
        {text ? (
          <pre className="whitespace-pre-wrap p-4 pr-12 font-mono text-xs leading-relaxed [overflow-wrap:anywhere]">
            {zonedLog(text, timezone)}
          </pre>
        ) : (
          <p className="p-4 text-muted text-sm">{empty}</p>
        )}
      </section>
      {text && <CopyButton text={text} label="Copy log" className="absolute top-2 right-4" />}
      {streaming && !following && (
        <Button
          size="sm"
          onClick={() => setFollowing(true)}
          icon={<ArrowDown aria-hidden="true" className="size-3.5" />}
          className="-translate-x-1/2 absolute bottom-3 left-1/2 shadow-float"
        >
          Follow
        </Button>
      )}
    </div>
  );
}
