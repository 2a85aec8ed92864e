"use client";

import { createContext, type ReactNode, useContext } from "react";

const Zone = createContext("UTC");

/** The currentUser's IANA zone, for every time below it. */
export function TimezoneProvider({ timezone, children }: { timezone: string; children: ReactNode }) {
  return <Zone value={timezone}>{children}</Zone>;
}

export function useTimezone(): string {
  return useContext(Zone);
}
