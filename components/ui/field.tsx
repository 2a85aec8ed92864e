"use client";

import { createContext, type ReactNode, useContext, useId, useMemo } from "react";
import { classNames } from "@/components/class-names";

interface FieldLinks {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

const FieldContext = createContext<FieldLinks | null>(null);

/** Links a control to the Field around it: spread it before the control's own props. */
export function useFieldLinks(): FieldLinks | Record<string, never> {
  return useContext(FieldContext) ?? {};
}

export function Label({ className, children, ...rest }: React.ComponentProps<"label">) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: `htmlFor` comes with the props.
    <label className={classNames("font-medium text-sm", className)} {...rest}>
      {children}
    </label>
  );
}

interface Props {
  label: ReactNode;
  help?: ReactNode;
  error?: string;
  /** Marked beside the label; unmarked fields are required. */
  optional?: boolean;
  hideLabel?: boolean;
  className?: string;
  children: ReactNode;
}

/** Label, control, help and error. The control inside gets its id and descriptions from the context. */
export function Field({ label, help, error, optional, hideLabel, className, children }: Props) {
  const id = useId();
  const links = useMemo<FieldLinks>(() => {
    const described = [error && `${id}-error`, help && `${id}-help`].filter(Boolean).join(" ");
    return { id, ...(described && { "aria-describedby": described }), ...(error && { "aria-invalid": true as const }) };
  }, [id, error, help]);
  return (
    <div className={classNames("flex min-w-0 flex-col gap-1.5", className)}>
      <div className={hideLabel ? "sr-only" : "flex items-baseline justify-between gap-2"}>
        <Label htmlFor={id}>{label}</Label>
        {optional && <span className="text-faint text-xs">optional</span>}
      </div>
      <FieldContext value={links}>{children}</FieldContext>
      <FieldNotes id={id} help={help} error={error} />
    </div>
  );
}

/** Help and error below a control, with the ids that `aria-describedby` refers to. */
export function FieldNotes({ id, help, error }: { id: string; help?: ReactNode; error?: string }) {
  return (
    <>
      {error && (
        <p id={`${id}-error`} className="text-failure text-xs">
          {error}
        </p>
      )}
      {help && (
        <p id={`${id}-help`} className="text-muted text-xs">
          {help}
        </p>
      )}
    </>
  );
}

/** Fields side by side, stacked on narrow screens. */
export function FormRow({ children }: { children: ReactNode }) {
  return <div className="grid gap-4 sm:auto-cols-fr sm:grid-flow-col">{children}</div>;
}

/** The fields of a form with standard spacing. */
export function FieldStack({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={classNames("flex flex-col gap-4", className)}>{children}</div>;
}
