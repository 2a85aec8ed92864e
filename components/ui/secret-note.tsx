"use client";

import type { ReactNode } from "react";
import { CopyButton } from "./copy-button";

interface Props {
  secret: string;
  /** Accessible name: `API key`. */
  label: string;
  /** That it is shown once, and how to use it. */
  children: ReactNode;
}

/** A secret that is shown only once. */
export function SecretNote({ secret, label, children }: Props) {
  return (
    <div className="rounded-lg border border-ink bg-panel p-4">
      <p className="text-sm">{children}</p>
      <div className="mt-3 flex items-center gap-2 rounded-md bg-hover py-1 pr-1 pl-3">
        <output aria-label={label} className="min-w-0 flex-1 select-all break-all font-mono text-sm">
          {secret}
        </output>
        <CopyButton text={secret} label={`Copy ${label}`} />
      </div>
    </div>
  );
}
