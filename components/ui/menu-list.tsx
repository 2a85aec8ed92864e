"use client";

import { DropdownMenu } from "radix-ui";
import type { RefObject } from "react";
import { classNames } from "@/components/class-names";
import { Link } from "./link";
import type { MenuItem, MenuProps } from "./menu";

interface Props extends Omit<MenuProps, "trigger"> {
  /** A button in a box with a position, which opens and closes the menu. */
  button: RefObject<HTMLElement | null>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** What opens below a menu's button. */
export function MenuList({ button, open, onOpenChange, label, items, heading, align = "end" }: Props) {
  return (
    <DropdownMenu.Root modal={false} open={open} onOpenChange={onOpenChange}>
      <DropdownMenu.Trigger asChild>
        <span aria-hidden="true" className="pointer-events-none absolute inset-0" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          aria-label={label}
          // A long menu scrolls: what scrolls has to be in reach of the keyboard. Radix keeps Tab from leaving it.
          tabIndex={0}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          onInteractOutside={(event) => {
            if (button.current?.contains(event.target as Node)) event.preventDefault();
          }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            // A dialog that an item opened has the focus by now.
            if (document.activeElement === document.body) button.current?.focus();
          }}
          className="z-50 max-h-[70vh] min-w-44 max-w-80 animate-appear overflow-y-auto rounded-lg border border-line-strong bg-panel p-1 text-sm shadow-float"
        >
          {heading && <div className="border-line border-b px-2 pt-1 pb-2 text-muted text-xs">{heading}</div>}
          {items.map((item, index) =>
            item === "separator" ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: separators have no id
              <DropdownMenu.Separator key={index} className="my-1 h-px bg-line" />
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list is never reordered
              <Entry key={index} item={item} />
            ),
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Entry({ item }: { item: Exclude<MenuItem, "separator"> }) {
  const look = classNames(
    "flex min-h-8 cursor-pointer select-none items-center gap-2 rounded-md px-2 outline-none data-[disabled]:cursor-default data-[highlighted]:bg-hover data-[disabled]:text-faint pointer-coarse:min-h-10",
    item.danger && "text-failure",
  );
  const content = (
    <>
      {item.icon}
      <span className="min-w-0 flex-1 truncate">{item.label}</span>
      {item.hint && <span className="text-faint text-xs">{item.hint}</span>}
    </>
  );
  if (item.href !== undefined) {
    return (
      <DropdownMenu.Item asChild disabled={item.disabled} className={look}>
        <Link href={item.href}>{content}</Link>
      </DropdownMenu.Item>
    );
  }
  return (
    <DropdownMenu.Item disabled={item.disabled} onSelect={item.onSelect} className={look}>
      {content}
    </DropdownMenu.Item>
  );
}
