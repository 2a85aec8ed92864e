"use client";

import { Tabs } from "radix-ui";
import type { ComponentProps, MouseEvent } from "react";
import { ShapeMark } from "./badge";
import { useEarlyClick } from "./early/early-click";

export interface FormTab<T extends string> {
  id: T;
  label: string;
  /** Beside the label, unless it is 0. */
  count?: number;
  hasInvalid?: boolean;
}

/** The bar of the tabs of one form, within a root of Radix. A tab with an invalid field is marked. */
export function TabBar<T extends string>({ label, tabs }: { label: string; tabs: readonly FormTab<T>[] }) {
  return (
    <Tabs.List aria-label={label} className="-mb-2 flex gap-5 overflow-x-auto border-line border-b">
      {tabs.map(({ id, label: name, count = 0, hasInvalid }) => (
        <EarlyTab
          key={id}
          value={id}
          className="flex h-9 items-center gap-1.5 whitespace-nowrap border-transparent border-b-2 text-muted text-sm outline-offset-[-2px] transition-colors hover:text-ink data-[state=active]:border-ink data-[state=active]:font-medium data-[state=active]:text-ink"
        >
          {name}
          {count > 0 && <span className="num text-faint text-xs">{count}</span>}
          {hasInvalid && (
            <span className="text-failure">
              <ShapeMark shape="square" />
              <span className="sr-only">has invalid fields</span>
            </span>
          )}
        </EarlyTab>
      ))}
    </Tabs.List>
  );
}

/** A tab that was clicked before the script of the page was there opens once it is. */
function EarlyTab(props: ComponentProps<typeof Tabs.Trigger>) {
  return <Tabs.Trigger {...props} {...useEarlyClick({ onClick: openByFocus })} />;
}

/** Radix opens a tab as the button goes down, or as it takes the focus, which the early click gave it already. */
function openByFocus({ currentTarget: tab }: MouseEvent<HTMLButtonElement>): void {
  if (tab.dataset.state === "active") return;
  tab.blur();
  tab.focus();
}
