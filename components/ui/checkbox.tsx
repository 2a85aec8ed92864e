"use client";

import { type ComponentProps, type ReactNode, useId } from "react";
import { classNames } from "@/components/class-names";
import { useEarlyInput } from "./early/early-input";
import { useFieldLinks } from "./field";

interface Props extends Omit<ComponentProps<"input">, "type"> {
  label?: ReactNode;
  description?: ReactNode;
}

/** A box of 16 px in a target of 24 px, with its label beside it. */
export function Checkbox({ label, description, className, ref, ...rest }: Props) {
  const descriptionId = useId();
  const box = (
    <span className="relative grid size-6 shrink-0 place-items-center">
      <input
        {...useFieldLinks()}
        {...(description ? { "aria-describedby": descriptionId } : {})}
        {...rest}
        ref={useEarlyInput(ref)}
        type="checkbox"
        className="peer absolute inset-0 size-6 cursor-pointer appearance-none rounded-md outline-offset-[-2px] disabled:cursor-not-allowed"
      />
      <span className="pointer-events-none grid size-4 place-items-center rounded-sm border border-control bg-panel text-transparent transition-colors peer-checked:border-primary peer-checked:bg-primary peer-checked:text-on-primary peer-hover:border-muted peer-disabled:opacity-50 peer-aria-invalid:border-failure">
        <svg
          viewBox="0 0 12 12"
          fill="none"
          stroke="currentColor"
          strokeWidth="2"
          className="size-3"
          aria-hidden="true"
        >
          <path d="m2.5 6.2 2.4 2.4 4.6-5" strokeLinecap="round" strokeLinejoin="round" />
        </svg>
      </span>
    </span>
  );
  if (label === undefined) return box;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the box inside.
    <label className={classNames("-ml-1 flex items-start gap-1.5 text-sm", className)}>
      {box}
      <span className="pt-[2.5px]">
        {label}
        {description && (
          <span id={descriptionId} className="block text-muted text-xs">
            {description}
          </span>
        )}
      </span>
    </label>
  );
}
