"use client";

import type { ComponentProps } from "react";
import { classNames } from "@/components/class-names";
import { controlClass } from "./control-class";
import { useEarlyInput } from "./early/early-input";
import { useFieldLinks } from "./field";

/** Grows with its text where the browser supports it, and can be resized everywhere. */
export function Textarea({ className, ref, ...rest }: ComponentProps<"textarea">) {
  return (
    <textarea
      {...useFieldLinks()}
      rows={4}
      {...rest}
      ref={useEarlyInput(ref)}
      className={classNames(controlClass, "field-sizing-content max-h-96 min-h-20 resize-y py-1.5", className)}
    />
  );
}
