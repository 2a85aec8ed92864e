"use client";

import { type ComponentProps, useState, useSyncExternalStore } from "react";
import { TimezoneSelect } from "./timezone-select";

interface Props extends Omit<ComponentProps<typeof TimezoneSelect>, "value" | "defaultValue" | "onChange"> {
  /** What was chosen before; left out: the browser's own zone. */
  given?: string | undefined;
}

const subscribeToNothing = () => () => undefined;
const browserZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** All time zones, with the browser's own proposed. */
export function OwnTimezoneSelect({ given, ...rest }: Props) {
  const own = useSyncExternalStore(subscribeToNothing, browserZone, () => "");
  const [chosen, setChosen] = useState(given);
  return <TimezoneSelect {...rest} value={chosen ?? own} onChange={(event) => setChosen(event.target.value)} />;
}
