"use client";

import { classNames } from "@/components/class-names";
import { CopyButton } from "./copy-button";

const HEIGHT = { sm: "max-h-48", md: "max-h-96", none: "" } as const;

interface Props {
  children: string;
  /** What it is, for readers. */
  label: string;
  copy?: boolean;
  maxHeight?: keyof typeof HEIGHT;
  /** Long lines break; off: they scroll. */
  wrap?: boolean;
}

/** Text that a machine wrote or reads. */
export function CodeBlock({ children, label, copy = true, maxHeight = "md", wrap = true }: Props) {
  return (
    <div className="relative">
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has only a keyboard scrolls it
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
