"use client";

import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import { Checkbox } from "@/components/ui/checkbox";

interface Selection {
  ids: ReadonlySet<string>;
  set(ids: Iterable<string>): void;
}

const SelectionContext = createContext<Selection | null>(null);

/** Remembers which jobs of the list around it are selected. */
export function JobSelection({ children }: { children: ReactNode }) {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const selection = useMemo<Selection>(() => ({ ids, set: (next) => setIds(new Set(next)) }), [ids]);
  return <SelectionContext value={selection}>{children}</SelectionContext>;
}

/** The selected jobs. @throws outside of a `JobSelection` */
export function useJobSelection(): Selection {
  const selection = useContext(SelectionContext);
  if (!selection) throw new Error("There is no selection around this.");
  return selection;
}

/** The box of one job. */
export function SelectJob({ id, name }: { id: string; name: string }) {
  const { ids, set } = useJobSelection();
  return (
    <Checkbox
      aria-label={`Select ${name}`}
      checked={ids.has(id)}
      onChange={(event) => set(event.target.checked ? [...ids, id] : [...ids].filter((one) => one !== id))}
    />
  );
}

/** The box of all jobs of the page. */
export function SelectShownJobs({ shown }: { shown: readonly string[] }) {
  const { ids, set } = useJobSelection();
  const isAll = shown.every((id) => ids.has(id));
  return (
    <Checkbox
      aria-label="Select all jobs of this page"
      checked={isAll}
      onChange={() => set(isAll ? [...ids].filter((id) => !shown.includes(id)) : [...ids, ...shown])}
    />
  );
}
