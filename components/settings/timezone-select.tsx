"use client";

import { type ComponentProps, useSyncExternalStore } from "react";
import { Select } from "@/components/ui/select";

interface Props extends Omit<ComponentProps<typeof Select>, "options"> {
  /** Label of the first option, with an empty value; left out: a zone is required. */
  emptyLabel?: string;
}

const subscribeToNothing = () => () => undefined;
let zones: readonly string[] | undefined;

function knownZones(): readonly string[] {
  zones ??= ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];
  return zones;
}

const NONE: readonly string[] = [];

/**
 * All time zones that the browser knows, by their IANA names. Server and browser may know different ones,
 * so the list is filled in the browser; the selected one is always offered.
 */
export function TimezoneSelect({ emptyLabel, defaultValue, value, ...rest }: Props) {
  const known = useSyncExternalStore(subscribeToNothing, knownZones, () => NONE);
  const given = value ?? defaultValue;
  const chosen = typeof given === "string" ? given : "";
  const all = chosen && !known.includes(chosen) ? [chosen, ...known] : known;
  return (
    <Select
      {...rest}
      {...(value === undefined ? { defaultValue: chosen } : { value: chosen })}
      options={[
        ...(emptyLabel === undefined ? [] : [{ value: "", label: emptyLabel }]),
        ...all.map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") })),
      ]}
    />
  );
}
