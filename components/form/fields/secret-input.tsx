"use client";

import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { IconButton } from "@/components/ui/button";
import { Input } from "@/components/ui/input";

/** Hidden while typed; the eye button shows it. */
export function SecretInput(props: Omit<ComponentProps<"input">, "type">) {
  const [shown, setShown] = useState(false);
  const Icon = shown ? EyeOff : Eye;
  return (
    <span className="relative block min-w-0 flex-1">
      <Input
        autoComplete="new-password"
        spellCheck={false}
        autoCapitalize="off"
        {...props}
        type={shown ? "text" : "password"}
        className="pr-10"
      />
      <IconButton
        label={shown ? "Hide value" : "Show value"}
        size="sm"
        disabled={props.disabled}
        onClick={() => setShown(!shown)}
        className="absolute top-1/2 right-0.5 -translate-y-1/2"
      >
        <Icon aria-hidden="true" className="size-4" />
      </IconButton>
    </span>
  );
}
