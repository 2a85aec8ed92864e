"use client";

import type { ComponentProps } from "react";
import { classNames } from "@/components/class-names";
import { useEarlyInput } from "./early/early-input";
import { useFieldLinks } from "./field";

interface Props extends Omit<ComponentProps<"input">, "type"> {
  /** Accessible name, where no Field or label gives one. */
  label?: string;
  onCheckedChange?: (checked: boolean) => void;
}

/** The state is `checked`, which browsers expose for this role. */
const SWITCH = { role: "switch" } as const;

/** A switch built on a checkbox, so that forms and keyboards support it. */
export function Switch({ label, onCheckedChange, onChange, className, ref, ...rest }: Props) {
  return (
    <span className={classNames("relative inline-flex h-6 w-8 shrink-0 items-center", className)}>
      <input
        {...useFieldLinks()}
        aria-label={label}
        {...rest}
        ref={useEarlyInput(ref)}
        type="checkbox"
        {...SWITCH}
        onChange={(event) => {
          onChange?.(event);
          onCheckedChange?.(event.currentTarget.checked);
        }}
        className="peer absolute inset-0 cursor-pointer appearance-none rounded-md disabled:cursor-not-allowed"
      />
      <span className="pointer-events-none h-[18px] w-8 rounded-full bg-control transition-colors peer-checked:bg-primary peer-disabled:opacity-50" />
      <span className="pointer-events-none absolute left-0.5 size-3.5 rounded-full bg-panel transition-transform peer-checked:translate-x-3.5 peer-disabled:opacity-80" />
    </span>
  );
}
