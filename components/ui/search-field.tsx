"use client";

import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Input } from "./input";
import { Spinner } from "./spinner";
import { useUrlParam } from "./url-param";

const PAUSE_MS = 300;

interface Props {
  param?: string;
  label: string;
  placeholder?: string;
}

/** Searches while typing, by a parameter of the address. */
export function SearchField({ param = "q", label, placeholder }: Props) {
  const { value, set, pending } = useUrlParam(param);
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const submitted = useRef(value);
  useEffect(() => {
    // The address changed elsewhere: back, or a link.
    if (value !== submitted.current) setText(value);
    submitted.current = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const submit = (next: string) => {
    clearTimeout(timer.current);
    submitted.current = next.trim();
    if (next.trim() !== value) set(next.trim());
  };
  return (
    <span className="relative min-w-0 flex-1 basis-56 sm:max-w-72">
      <span className="pointer-events-none absolute inset-y-0 left-2.5 grid place-items-center text-muted">
        {pending ? <Spinner /> : <Search aria-hidden="true" className="size-3.5" />}
      </span>
      <Input
        type="search"
        aria-label={label}
        placeholder={placeholder ?? label}
        value={text}
        className="pl-8"
        onChange={(event) => {
          const next = event.target.value;
          setText(next);
          clearTimeout(timer.current);
          timer.current = setTimeout(() => submit(next), PAUSE_MS);
        }}
        onKeyDown={(event) => event.key === "Enter" && submit(text)}
      />
    </span>
  );
}
