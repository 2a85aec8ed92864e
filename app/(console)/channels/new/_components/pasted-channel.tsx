"use client";

import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import type { PastedChannel } from "@/components/channel/paste-field";

interface Pasted {
  pasted: PastedChannel | null;
  setPasted: (pasted: PastedChannel | null) => void;
}

const PastedContext = createContext<Pasted>({ pasted: null, setPasted: () => {} });

/** Passes the pasted channel from the picker to the form. In memory only: it may hold secrets. */
export function PastedProvider({ children }: { children: ReactNode }) {
  const [pasted, setPasted] = useState<PastedChannel | null>(null);
  const value = useMemo(() => ({ pasted, setPasted }), [pasted]);
  return <PastedContext value={value}>{children}</PastedContext>;
}

export function usePasted(): Pasted {
  return useContext(PastedContext);
}
