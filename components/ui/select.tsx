"use client";

import { ChevronDown } from "lucide-react";
import type { ComponentProps } from "react";
import { classNames } from "@/components/class-names";
import { controlClass } from "./control-class";
import { useEarlyInput } from "./early/early-input";
import { useFieldLinks } from "./field";

export interface Option {
  value: string;
  label: string;
  disabled?: boolean;
}

interface Props extends Omit<ComponentProps<"select">, "size"> {
  options?: readonly Option[];
  size?: "sm" | "md";
}

/** A native select, styled like the other controls, so that it opens in the usual way on phones too. */
export function Select({ options, size = "md", className, children, ref, ...rest }: Props) {
  return (
    <span className={classNames("relative inline-flex w-full min-w-0", className)}>
      <select
        {...useFieldLinks()}
        {...rest}
        ref={useEarlyInput(ref)}
        className={classNames(
          controlClass,
          "appearance-none truncate pr-7",
          size === "sm" ? "h-7 text-xs pointer-coarse:h-9" : "h-8 pointer-coarse:h-10",
        )}
      >
        {options?.map((option) => (
          <option key={option.value} value={option.value} disabled={option.disabled}>
            {option.label}
          </option>
        ))}
        {children}
      </select>
      <ChevronDown
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-2 size-3.5 -translate-y-1/2 text-muted"
      />
    </span>
  );
}
