"use client";

import { usePathname } from "next/navigation";
import {
  createContext,
  type Dispatch,
  Fragment,
  type ReactNode,
  type SetStateAction,
  useContext,
  useEffect,
  useState,
} from "react";
import { Link } from "@/components/ui/link";
import { activeItem, NAVIGATION } from "./navigation";

export interface Crumb {
  label: string;
  href?: string;
}

interface Trail {
  path: string;
  items: readonly Crumb[];
}

const Read = createContext<Trail | null>(null);
const Write = createContext<Dispatch<SetStateAction<Trail | null>>>(() => {});

/** Lets pages below name the way to themselves in the bar above. */
export function TrailProvider({ children }: { children: ReactNode }) {
  const [trail, setTrail] = useState<Trail | null>(null);
  return (
    <Write value={setTrail}>
      <Read value={trail}>{children}</Read>
    </Write>
  );
}

/** Put it anywhere in a page: the way to it appears in the top bar. The last one is the page itself. */
export function Crumbs({ items }: { items: readonly Crumb[] }) {
  const setTrail = useContext(Write);
  const path = usePathname();
  const key = JSON.stringify(items);
  useEffect(() => {
    const mine: Trail = { path, items: JSON.parse(key) as Crumb[] };
    setTrail(mine);
    return () => setTrail((current) => (current === mine ? null : current));
  }, [key, path, setTrail]);
  return null;
}

/** The way to this page, at the left of the top bar. */
export function TrailView() {
  const path = usePathname();
  const trail = useContext(Read);
  const active = activeItem(NAVIGATION, path);
  const items: readonly Crumb[] = trail?.path === path ? trail.items : active ? [{ label: active.label }] : [];
  return (
    <nav aria-label="Breadcrumb" className="min-w-0 flex-1">
      <ol className="flex min-w-0 items-center gap-1.5 text-muted text-sm">
        {items.map((item, index) => {
          const isLast = index === items.length - 1;
          return (
            <Fragment key={`${item.href ?? ""} ${item.label}`}>
              {index > 0 && (
                <li aria-hidden="true" className="hidden text-faint sm:block">
                  /
                </li>
              )}
              <li className={isLast ? "min-w-0 truncate" : "hidden shrink-0 sm:block"}>
                {item.href && !isLast ? (
                  <Link href={item.href} className="inline-flex min-h-6 items-center hover:text-ink">
                    {item.label}
                  </Link>
                ) : (
                  <span aria-current={isLast ? "page" : undefined}>{item.label}</span>
                )}
              </li>
            </Fragment>
          );
        })}
      </ol>
    </nav>
  );
}
