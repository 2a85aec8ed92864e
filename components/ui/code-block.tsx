"use client";

import { classNames } from "@/components/class-names";
import { CopyButton } from "./copy-button";

const HEIGHT = { sm: "max-h-48", md: "max-h-96", none: "" } as const;

interface Props {
  children: string;
  /** Accessible name. */
  label: string;
  copy?: boolean;
  maxHeight?: keyof typeof HEIGHT;
  /** Wrap long lines; off: scroll. */
  wrap?: boolean;
}

/** Preformatted text with a copy button. */
export function CodeBlock({ children, label, copy = true, maxHeight = "md", wrap = true }: Props) {
  return (
    <div className="relative">
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keyboard users scroll it
        tabIndex={0}
        className={classNames("overflow-auto rounded-md bg-hover", HEIGHT[maxHeight])}
      >
        <pre
          className={classNames(
            "p-3 font-mono text-xs leading-relaxed",
            copy && "pr-11",
            wrap && "whitespace-pre-wrap [overflow-wrap:anywhere]",
          )}
        >
          {children}
        </pre>
      </section>
      {copy && <CopyButton text={children} label={`Copy ${label}`} className="absolute top-1 right-1" />}
    </div>
  );
}
