"use client";

import { usePathname } from "next/navigation";
import { createContext, Fragment, type ReactNode, useContext, useEffect, useState } from "react";
import { Link } from "@/components/ui/link";
import { createStore, type Store, useStore } from "@/components/ui/store";
import { activeItem, NAVIGATION } from "./navigation";

export interface Crumb {
  label: string;
  href?: string;
}

interface Trail {
  path: string;
  items: readonly Crumb[];
}

const TrailContext = createContext<Store<Trail | null>>(createStore<Trail | null>(null));

/** Lets pages set the breadcrumbs of the top bar. */
export function TrailProvider({ children }: { children: ReactNode }) {
  const [trail] = useState(() => createStore<Trail | null>(null));
  return <TrailContext value={trail}>{children}</TrailContext>;
}

/** Sets the breadcrumbs of the top bar from anywhere in a page. The last one is the page itself. */
export function Crumbs({ items }: { items: readonly Crumb[] }) {
  const trail = useContext(TrailContext);
  const path = usePathname();
  const key = JSON.stringify(items);
  useEffect(() => {
    const own: Trail = { path, items: JSON.parse(key) as Crumb[] };
    trail.set(own);
    return () => {
      if (trail.get() === own) trail.set(null);
    };
  }, [key, path, trail]);
  return null;
}

/** Breadcrumbs of this page, at the left of the top bar. */
export function TrailView() {
  const path = usePathname();
  const trail = useStore(useContext(TrailContext));
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
