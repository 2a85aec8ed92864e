"use client";

import { ArrowDown } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";

const NEAR_END_PX = 24;

interface Props {
  text: string;
  /** What it is, for readers: `Log of the run`. */
  label: string;
  /** More is coming: the view follows the end until the currentUser scrolls up. */
  streaming?: boolean;
  empty?: string;
}

/** A log. While it grows the view stays at its end; scrolled up it stands still and offers the way back. */
export function LogView({ text, label, streaming = false, empty = "Nothing logged yet." }: Props) {
  const view = useRef<HTMLElement>(null);
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
        // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has only a keyboard scrolls it
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
            {text}
          </pre>
        ) : (
          <p className="p-4 text-muted text-sm">{empty}</p>
        )}
      </section>
      {text && <CopyButton text={text} label="Copy the log" className="absolute top-2 right-4" />}
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
