"use client";

import { createContext, type ReactNode, useContext } from "react";

/** An escalation policy to choose. */
export interface EscalationOption {
  id: string;
  name: string;
}

const Options = createContext<readonly EscalationOption[]>([]);

/** Provides the escalation policies to all selects below it. */
export function EscalationOptionsProvider({
  policies,
  children,
}: {
  policies: readonly EscalationOption[];
  children: ReactNode;
}) {
  return <Options value={policies}>{children}</Options>;
}

/** The policies as options of a select, and the one that is chosen even when it is not among them. */
export function useEscalationChoices(chosen: string): { value: string; label: string }[] {
  const policies = useContext(Options);
  const isUnknown = chosen !== "" && !policies.some(({ id }) => id === chosen);
  return [
    { value: "", label: "No escalation" },
    ...policies.map(({ id, name }) => ({ value: id, label: `Escalation: ${name}` })),
    ...(isUnknown ? [{ value: chosen, label: "Escalation: a policy that was deleted" }] : []),
  ];
}
