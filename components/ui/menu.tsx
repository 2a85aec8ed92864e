"use client";

import { Ellipsis } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import type { ComponentProps, ReactElement, ReactNode, RefObject } from "react";
import { classNames } from "@/components/class-names";
import { Button } from "./button";
import { Link } from "./link";

export type MenuItem =
  | "separator"
  | {
      label: ReactNode;
      /** Either an action or an address. */
      onSelect?: () => void;
      href?: string;
      icon?: ReactNode;
      hint?: ReactNode;
      danger?: boolean;
      disabled?: boolean;
    };

interface Props {
  /** Accessible name. */
  label: string;
  /** Replaces the button with three dots. */
  trigger?: ReactElement;
  items: readonly MenuItem[];
  /** Whose menu it is, above the items. */
  heading?: ReactNode;
  align?: "start" | "end";
}

/** A menu of actions. Without a trigger it opens from a button with three dots. */
export function Menu({ label, trigger, items, heading, align }: Props) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        {trigger ?? (
          <Button
            variant="ghost"
            size="sm"
            aria-label={label}
            className="w-7 px-0 pointer-coarse:w-9 pointer-coarse:px-0"
          >
            <Ellipsis aria-hidden="true" className="size-4" />
          </Button>
        )}
      </DropdownMenu.Trigger>
      <MenuBody label={label} items={items} heading={heading} align={align} />
    </DropdownMenu.Root>
  );
}

interface HostedProps extends Omit<Props, "trigger"> {
  /** A button that is there before the menu is loaded, in a box with a position. It opens and closes the menu. */
  button: RefObject<HTMLButtonElement | null>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** A menu of a button that is not a part of it. */
export function HostedMenu({ button, open, onOpenChange, ...body }: HostedProps) {
  return (
    <DropdownMenu.Root modal={false} open={open} onOpenChange={onOpenChange}>
      <DropdownMenu.Trigger asChild>
        <span aria-hidden="true" className="pointer-events-none absolute inset-0" />
      </DropdownMenu.Trigger>
      <MenuBody
        {...body}
        onInteractOutside={(event) => {
          if (button.current?.contains(event.target as Node)) event.preventDefault();
        }}
        onCloseAutoFocus={(event) => {
          event.preventDefault();
          button.current?.focus();
        }}
      />
    </DropdownMenu.Root>
  );
}

type BodyProps = Omit<Props, "trigger"> &
  Pick<ComponentProps<typeof DropdownMenu.Content>, "onInteractOutside" | "onCloseAutoFocus">;

function MenuBody({ label, items, heading, align = "end", ...handlers }: BodyProps) {
  return (
    <DropdownMenu.Portal>
      <DropdownMenu.Content
        {...handlers}
        aria-label={label}
        // A long menu scrolls: what scrolls has to be in reach of the keyboard. Radix keeps Tab from leaving it.
        tabIndex={0}
        align={align}
        sideOffset={4}
        collisionPadding={8}
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
