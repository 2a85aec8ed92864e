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

/** Searches as one types; what is sought stands in the address. */
export function SearchField({ param = "q", label, placeholder }: Props) {
  const { value, set, pending } = useUrlParam(param);
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asked = useRef(value);
  useEffect(() => {
    // The address changed by another hand: back, or a link.
    if (value !== asked.current) setText(value);
    asked.current = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const ask = (next: string) => {
    clearTimeout(timer.current);
    asked.current = next.trim();
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
          timer.current = setTimeout(() => ask(next), PAUSE_MS);
        }}
        onKeyDown={(event) => event.key === "Enter" && ask(text)}
      />
    </span>
  );
}
