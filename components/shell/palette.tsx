"use client";

import { Search } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { IconButton } from "@/components/ui/button";
import { useLoaded } from "@/components/ui/use-loaded";
import type { ActionResult } from "@/lib/core/action-error";
import type { NavigationGroup } from "./navigation";
import type { PaletteEntry, PaletteReader } from "./palette-entry";
import { useGoTo } from "./pending-page";

export type SearchPalette = (input: { q: string }) => Promise<ActionResult<PaletteEntry[]>>;

export interface PaletteProps {
  groups: readonly NavigationGroup[];
  reader: PaletteReader;
  search: SearchPalette;
}

const loadDialog = () => import("./palette-dialog").then(({ PaletteDialog }) => PaletteDialog);

/** Jumps to anything by its name, and to what can be done: from the top bar, and by Ctrl or Command with K. */
export function Palette(props: PaletteProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const [Dialog, ask] = useLoaded(loadDialog);
  const goTo = useGoTo();
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey)
        return;
      event.preventDefault();
      ask();
      setOpen((isOpen) => !isOpen);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [ask]);
  const press = () => {
    ask();
    setOpen(true);
  };
  return (
    <>
      <IconButton
        ref={button}
        label="Go to… (Ctrl K)"
        aria-keyshortcuts="Control+K Meta+K"
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={press}
      >
        <Search aria-hidden="true" className="size-4" />
      </IconButton>
      {Dialog && <Dialog {...props} goTo={goTo} open={open} onOpenChange={setOpen} button={button} />}
    </>
  );
}
