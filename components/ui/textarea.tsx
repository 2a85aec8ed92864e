"use client";

import type { ComponentProps } from "react";
import { classNames } from "@/components/class-names";
import { controlClass } from "./control-class";
import { useFieldLinks } from "./field";

/** Grows with its text where the browser supports it, and can be resized everywhere. */
export function Textarea({ className, ...rest }: ComponentProps<"textarea">) {
  return (
    <textarea
      {...useFieldLinks()}
      rows={4}
      {...rest}
      className={classNames(controlClass, "field-sizing-content max-h-96 min-h-20 resize-y py-1.5", className)}
    />
  );
}
