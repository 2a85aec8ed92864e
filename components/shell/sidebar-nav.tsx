"use client";

import { usePathname } from "next/navigation";
import { classNames } from "@/components/class-names";
import { useBell } from "@/components/inbox/bell-state";
import { countLabel } from "@/components/inbox/entry";
import { Link } from "@/components/ui/link";
import { MOST_UNREAD } from "@/lib/core/inbox";
import { isActive, type NavigationGroup } from "./navigation";

/** Links to the sections of the console, with the current one marked. */
export function SidebarNav({ groups, onNavigate }: { groups: readonly NavigationGroup[]; onNavigate?: () => void }) {
  const path = usePathname();
  return (
    <nav aria-label="Sections" className="flex flex-col gap-4 px-2.5 pb-6">
      {groups.map((group) => (
        <div key={group.label ?? "first"}>
          {group.label && <p className="px-2 pb-1 text-faint text-xs">{group.label}</p>}
          <ul>
            {group.items.map((item) => {
              const active = isActive(item, path);
              return (
                <li key={item.href}>
                  <Link
                    href={item.href}
                    onClick={onNavigate}
                    aria-current={active ? "page" : undefined}
                    className={classNames(
                      "flex h-8 items-center rounded-md px-2 text-sm outline-offset-[-2px] transition-colors pointer-coarse:h-10",
                      active ? "bg-hover font-medium text-ink" : "text-muted hover:bg-hover hover:text-ink",
                    )}
                  >
                    {item.label}
                    {item.hasCount && <InboxCount />}
                  </Link>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function InboxCount() {
  const { unread } = useBell();
  if (unread === 0) return null;
  return (
    <span className="num ml-auto font-medium text-failure text-xs">
      {countLabel(unread, MOST_UNREAD)}
      <span className="sr-only"> unread</span>
    </span>
  );
}
