"use client";

import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import type { Recognised } from "@/components/channel/paste-field";

interface Pasted {
  pasted: Recognised | null;
  setPasted: (pasted: Recognised | null) => void;
}

const PastedContext = createContext<Pasted>({ pasted: null, setPasted: () => {} });

/** Carries what was pasted from the picker to the form. In memory only: it may hold secrets. */
export function PastedProvider({ children }: { children: ReactNode }) {
  const [pasted, setPasted] = useState<Recognised | null>(null);
  const value = useMemo(() => ({ pasted, setPasted }), [pasted]);
  return <PastedContext value={value}>{children}</PastedContext>;
}

export function usePasted(): Pasted {
  return useContext(PastedContext);
}
