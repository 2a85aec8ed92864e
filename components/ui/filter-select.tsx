"use client";

import { type Option, Select } from "./select";
import { useUrlParam } from "./url-param";

interface Props {
  param: string;
  label: string;
  options: readonly Option[];
  /** Label of the option without a filter. */
  allLabel?: string;
}

/** Filters a list by a parameter of the address. */
export function FilterSelect({ param, label, options, allLabel = "All" }: Props) {
  const { value, set } = useUrlParam(param);
  return (
    <Select
      aria-label={label}
      value={value}
      onChange={(event) => set(event.target.value)}
      options={[{ value: "", label: allLabel }, ...options]}
      className="w-auto max-w-56 flex-none"
    />
  );
}
