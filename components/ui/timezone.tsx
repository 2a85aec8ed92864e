"use client";

import { createContext, type ReactNode, useContext } from "react";

const Zone = createContext("UTC");

/** Provides the user's IANA zone to all times below it. */
export function TimezoneProvider({ timezone, children }: { timezone: string; children: ReactNode }) {
  return <Zone value={timezone}>{children}</Zone>;
}

export function useTimezone(): string {
  return useContext(Zone);
}
