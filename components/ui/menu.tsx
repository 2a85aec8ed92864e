"use client";

import { Ellipsis } from "lucide-react";
import { type ComponentProps, cloneElement, type ReactElement, type ReactNode, useRef, useState } from "react";
import { Button } from "./button";
import { useLoaded } from "./use-loaded";

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

export interface MenuProps {
  /** Accessible name. */
  label: string;
  /** Replaces the button with three dots. */
  trigger?: ReactElement<ComponentProps<"button">>;
  items: readonly MenuItem[];
  /** Whose menu it is, above the items. */
  heading?: ReactNode;
  align?: "start" | "end";
}

const loadList = () => import("./menu-list").then(({ MenuList }) => MenuList);

/** A menu of actions. Without a trigger it opens from a button with three dots. */
export function Menu({ trigger, ...menu }: MenuProps) {
  const { label } = menu;
  const [open, setOpen] = useState(false);
  /** Mounted before it opens: then it knows whether it is opened by the keyboard. */
  const [isNear, setNear] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const [List, ask] = useLoaded(loadList);
  const near = () => setNear(true);
  const press = () => {
    near();
    if (!open) ask();
    setOpen(!open);
  };
  const own: ComponentProps<"button"> = {
    ref: button,
    "aria-haspopup": "menu",
    "aria-expanded": open,
    onClick: press,
    onFocus: near,
    onPointerEnter: near,
    onKeyDown: (event) => {
      if (event.key !== "ArrowDown" || open) return;
      event.preventDefault();
      press();
    },
  };
  return (
    <span className="relative inline-flex min-w-0 max-w-full">
      {trigger ? (
        cloneElement(trigger, own)
      ) : (
        <Button
          {...own}
          variant="ghost"
          size="sm"
          aria-label={label}
          className="w-7 px-0 pointer-coarse:w-9 pointer-coarse:px-0"
        >
          <Ellipsis aria-hidden="true" className="size-4" />
        </Button>
      )}
      {isNear && List && <List {...menu} button={button} open={open} onOpenChange={setOpen} />}
    </span>
  );
}
