"use client";

import { usePathname } from "next/navigation";
import { classNames } from "@/components/class-names";
import { Link } from "./link";

export interface TabItem {
  href: string;
  label: string;
  count?: number;
  /** Active at this address only, not below it. */
  exact?: boolean;
}

/** Tabs with a page each. */
export function LinkTabs({ label, items }: { label: string; items: readonly TabItem[] }) {
  const path = usePathname();
  return (
    <nav aria-label={label} className="overflow-x-auto border-line border-b">
      <ul className="flex gap-5">
        {items.map((item) => {
          const active = path === item.href || (!item.exact && path.startsWith(`${item.href}/`));
          return (
            <li key={item.href}>
              <Link
                href={item.href}
                aria-current={active ? "page" : undefined}
                className={classNames(
                  "flex h-9 items-center gap-1.5 whitespace-nowrap border-b-2 text-sm outline-offset-[-2px] transition-colors",
                  active ? "border-ink font-medium text-ink" : "border-transparent text-muted hover:text-ink",
                )}
              >
                {item.label}
                {item.count !== undefined && <span className="num text-faint text-xs">{item.count}</span>}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}
