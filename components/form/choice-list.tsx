"use client";

import { type ReactNode, useId } from "react";
import { classNames } from "@/components/class-names";
import { useEarlyInput } from "@/components/ui/early/early-input";
import { FieldNotes } from "@/components/ui/field";

export interface ChoiceOption<V extends string> {
  value: V;
  label: ReactNode;
  description?: ReactNode;
  disabled?: boolean;
}

interface Props<V extends string> {
  legend: ReactNode;
  name: string;
  value: V | null;
  onChange: (value: V) => void;
  options: readonly ChoiceOption<V>[];
  help?: ReactNode;
  error?: string;
  hideLegend?: boolean;
  /** Side by side where there is room. */
  columns?: 1 | 2;
}

/** Radio buttons, each with a line of explanation. */
export function ChoiceList<V extends string>(props: Props<V>) {
  const id = useId();
  return (
    <fieldset aria-describedby={props.error ? `${id}-error` : undefined} className="flex min-w-0 flex-col gap-1.5">
      <legend className={props.hideLegend ? "sr-only" : "mb-1.5 font-medium text-sm"}>{props.legend}</legend>
      <div className={classNames("grid gap-2", props.columns === 2 && "sm:grid-cols-2")}>
        {props.options.map((option) => (
          <Choice
            key={option.value}
            option={option}
            name={props.name}
            checked={props.value === option.value}
            invalid={props.error !== undefined}
            onChoose={() => props.onChange(option.value)}
          />
        ))}
      </div>
      <FieldNotes id={id} help={props.help} error={props.error} />
    </fieldset>
  );
}

interface ChoiceProps<V extends string> {
  option: ChoiceOption<V>;
  name: string;
  checked: boolean;
  invalid: boolean;
  onChoose: () => void;
}

function Choice<V extends string>({ option, name, checked, invalid, onChoose }: ChoiceProps<V>) {
  return (
    <label className="flex items-start gap-2.5 rounded-md border border-line-strong px-3 py-2 text-sm transition-colors hover:bg-hover has-checked:border-ink has-disabled:opacity-60 has-focus-visible:outline-2 has-focus-visible:outline-ink has-focus-visible:outline-offset-2">
      <input
        ref={useEarlyInput<HTMLInputElement>()}
        type="radio"
        name={name}
        value={option.value}
        checked={checked}
        disabled={option.disabled}
        aria-invalid={invalid || undefined}
        onChange={onChoose}
        className="mt-[3px] size-3.5 shrink-0 appearance-none rounded-full border border-control bg-panel outline-none checked:border-4 checked:border-primary"
      />
      <span className="min-w-0">
        <span className="block font-medium">{option.label}</span>
        {option.description && <span className="block text-muted text-xs">{option.description}</span>}
      </span>
    </label>
  );
}
