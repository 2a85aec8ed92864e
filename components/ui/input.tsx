"use client";

import type { ComponentProps } from "react";
import { classNames } from "@/components/class-names";
import { controlClass } from "./control-class";
import { useFieldLinks } from "./field";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return (
    <input
      {...useFieldLinks()}
      autoComplete="off"
      {...rest}
      className={classNames(controlClass, "h-8 pointer-coarse:h-10", className)}
    />
  );
}
