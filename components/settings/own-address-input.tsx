"use client";

import { type ComponentProps, useState, useSyncExternalStore } from "react";
import { Input } from "@/components/ui/input";

interface Props extends Omit<ComponentProps<typeof Input>, "value" | "defaultValue" | "onChange" | "type"> {
  /** What was entered before; left out: the address at which the browser has this page. */
  given?: string | undefined;
}

const subscribeToNothing = () => () => undefined;
const browserAddress = () => window.location.origin;

/** Where the browser has this page; empty until it is known. */
export function useBrowserAddress(): string {
  return useSyncExternalStore(subscribeToNothing, browserAddress, () => "");
}

/** Belfry's own address, with that of the browser proposed. */
export function OwnAddressInput({ given, ...rest }: Props) {
  const own = useBrowserAddress();
  const [typed, setTyped] = useState(given);
  return (
    <Input
      {...rest}
      type="url"
      inputMode="url"
      spellCheck={false}
      placeholder={own}
      value={typed ?? own}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}
