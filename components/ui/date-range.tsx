"use client";

import { useEffect, useRef } from "react";
import { Input } from "./input";
import { useUrlParam } from "./url-param";

/** Narrows a list to some days, by the parameters `from` and `to` of the address; both days are included. */
export function DateRange() {
  const from = useUrlParam("from");
  const to = useUrlParam("to");
  return (
    <div className="flex flex-wrap items-center gap-2 text-muted text-sm">
      <span aria-hidden="true">From</span>
      <DateInput label="From" value={from.value} max={to.value} onChange={from.set} />
      <span aria-hidden="true">to</span>
      <DateInput label="To" value={to.value} min={from.value} onChange={to.set} />
    </div>
  );
}

interface DateInputProps {
  label: string;
  value: string;
  min?: string;
  max?: string;
  onChange: (day: string) => void;
}

/** Keeps what is typed: a part of a date has no value, and to set none would empty the field. */
function DateInput({ label, value, min, max, onChange }: DateInputProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (field.current && field.current.value !== value && document.activeElement !== field.current)
      field.current.value = value;
  }, [value]);
  return (
    <Input
      ref={field}
      type="date"
      aria-label={label}
      defaultValue={value}
      min={min || undefined}
      max={max || undefined}
      onChange={(event) => {
        const day = event.target.value;
        // While a year is typed it is 0002, then 0020.
        if (day === "" || day >= "1970") onChange(day);
      }}
      className="w-36 flex-none"
    />
  );
}
