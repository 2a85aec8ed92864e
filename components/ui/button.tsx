"use client";

import type { ComponentProps, MouseEvent, ReactNode } from "react";
import { classNames } from "@/components/class-names";
import { type ButtonLook, buttonClass } from "./button-class";
import { useEarlyClick } from "./early/early-click";
import { Spinner } from "./spinner";
import { Tooltip } from "./tooltip";

export interface ButtonProps extends Omit<ComponentProps<"button">, "size">, ButtonLook {
  /** Keeps its width and the focus, and ignores further clicks. */
  pending?: boolean;
  icon?: ReactNode;
}

export function Button({
  variant,
  size,
  pending = false,
  icon,
  className,
  children,
  onClick,
  ref,
  ...rest
}: ButtonProps) {
  const click = (event: MouseEvent<HTMLButtonElement>) => {
    if (pending) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <button
      type="button"
      {...rest}
      {...useEarlyClick({ ref, onClick: click })}
      aria-busy={pending || undefined}
      aria-disabled={pending || undefined}
      className={classNames(buttonClass({ variant, size }), className)}
    >
      {pending && (
        <span className="absolute inset-0 grid place-items-center">
          <Spinner />
        </span>
      )}
      <span className={classNames("inline-flex items-center gap-1.5", pending && "opacity-0")}>
        {icon}
        {children}
      </span>
    </button>
  );
}

/** A button with only an icon. The label is its accessible name and its tooltip. */
export function IconButton({
  label,
  size = "md",
  className,
  variant = "ghost",
  ...rest
}: ButtonProps & { label: string }) {
  const square =
    size === "sm"
      ? "w-7 px-0 pointer-coarse:w-9 pointer-coarse:px-0"
      : "w-8 px-0 pointer-coarse:w-10 pointer-coarse:px-0";
  return (
    <Tooltip text={label}>
      <Button {...rest} aria-label={label} variant={variant} size={size} className={classNames(square, className)} />
    </Tooltip>
  );
}
