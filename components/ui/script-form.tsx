"use client";

import { type ComponentProps, type RefObject, useEffect, useRef } from "react";
import { replayEarly } from "./early/take-over";

interface Props extends Omit<ComponentProps<"form">, "ref" | "method" | "noValidate" | "action"> {
  ref?: RefObject<HTMLFormElement | null>;
}

/**
 * A form that a script sends. Before the script is there, a browser would put its fields, passwords too, into the
 * address of the page: `dialog` is the method that sends nothing. Sent that early, it is sent once it is alive.
 */
export function ScriptForm({ ref, ...rest }: Props) {
  const own = useRef<HTMLFormElement>(null);
  const form = ref ?? own;
  useEffect(() => {
    const sent = form.current;
    if (sent?.dataset.sentEarly === undefined) return;
    delete sent.dataset.sentEarly;
    replayEarly(() => sent.isConnected && sent.requestSubmit());
  }, [form]);
  return <form {...rest} ref={form} method="dialog" noValidate />;
}
