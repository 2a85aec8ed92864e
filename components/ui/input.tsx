"use client";

import type { ComponentProps } from "react";
import { classNames } from "@/components/class-names";
import { controlClass } from "./control-class";
import { useEarlyInput } from "./early/early-input";
import { useFieldLinks } from "./field";

/** The button of a file field, which browsers draw in their own way. */
const FILE =
  "py-1 file:mr-3 file:rounded-sm file:border-0 file:bg-hover file:px-2 file:py-0.5 file:text-ink file:text-xs";

export function Input({ className, ref, ...rest }: ComponentProps<"input">) {
  return (
    <input
      {...useFieldLinks()}
      autoComplete="off"
      {...rest}
      ref={useEarlyInput(ref)}
      className={classNames(controlClass, "h-8 pointer-coarse:h-10", rest.type === "file" && FILE, className)}
    />
  );
}
