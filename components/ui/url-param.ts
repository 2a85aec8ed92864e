"use client";

import { usePathname, useRouter, useSearchParams } from "next/navigation";
import { useTransition } from "react";

/** One parameter of the address as state. A change resets the list to its first page. */
export function useUrlParam(name: string): { value: string; set: (next: string) => void; pending: boolean } {
  const params = useSearchParams();
  const path = usePathname();
  const router = useRouter();
  const [pending, start] = useTransition();
  const set = (next: string) => {
    const changed = new URLSearchParams(params);
    for (const place of ["cursor", "before"]) changed.delete(place);
    if (next) changed.set(name, next);
    else changed.delete(name);
    const query = changed.toString();
    start(() => router.replace(query ? `${path}?${query}` : path, { scroll: false }));
  };
  return { value: params.get(name) ?? "", set, pending };
}
