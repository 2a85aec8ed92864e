"use client";

import { Search } from "lucide-react";
import { Dialog } from "radix-ui";
import { type KeyboardEvent, type RefObject, useEffect, useId, useState } from "react";
import { answerOf } from "@/components/action/answer-of";
import { classNames } from "@/components/class-names";
import { Spinner } from "@/components/ui/spinner";
import type { PaletteProps, SearchPalette } from "./palette";
import { fixedEntries, matchEntries, type PaletteEntry, searchEntries } from "./palette-entry";

interface BodyProps extends PaletteProps {
  /** Of a component that stays until the page is there. */
  goTo: (href: string) => void;
}

interface Props extends BodyProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** Focused once it is closed. */
  button: RefObject<HTMLButtonElement | null>;
}

/** Typing a word asks once. */
const GATHER_MS = 150;
const NONE: readonly PaletteEntry[] = [];

/** The field of the palette over the page, and what has its text in the name. */
export function PaletteDialog({ open, onOpenChange, button, ...palette }: Props) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-shade" />
        <Dialog.Content
          aria-describedby={undefined}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            button.current?.focus();
          }}
          className="fixed inset-x-4 top-[10vh] z-40 mx-auto flex max-h-[70vh] max-w-xl flex-col rounded-lg border border-line-strong bg-panel shadow-float outline-none"
        >
          <Dialog.Title className="sr-only">Go to</Dialog.Title>
          <PaletteBody {...palette} close={() => onOpenChange(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function PaletteBody({ groups, reader, search, goTo, close }: BodyProps & { close: () => void }) {
  const listId = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const { found, pending } = usePaletteSearch(text.trim(), search);
  const fixed = matchEntries(fixedEntries(groups, reader), text);
  const entries = [...found, ...fixed, ...searchEntries(groups, text.trim())];
  const active = Math.min(at, entries.length - 1);
  const choose = (entry: PaletteEntry | undefined) => {
    if (!entry) return;
    close();
    goTo(entry.href);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    const steps: Record<string, () => void> = {
      ArrowDown: () => setAt((active + 1) % Math.max(1, entries.length)),
      ArrowUp: () => setAt((active - 1 + entries.length) % Math.max(1, entries.length)),
      Enter: () => choose(entries[active]),
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    step();
  };
  return (
    <>
      <div className="flex items-center gap-2.5 border-line border-b px-4">
        {pending ? <Spinner /> : <Search aria-hidden="true" className="size-4 shrink-0 text-muted" />}
        <input
          type="text"
          role="combobox"
          aria-label="Go to"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={active >= 0 ? `${listId}-${active}` : undefined}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          maxLength={100}
          placeholder="A job, a channel, a page, or what you want to do"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
          className="h-12 min-w-0 flex-1 bg-transparent text-base outline-none"
        />
      </div>
      <div id={listId} role="listbox" aria-label="Found" className="min-h-0 overflow-y-auto p-1.5">
        {entries.map((entry, index) => (
          <PaletteOption
            key={`${entry.kind} ${entry.href}`}
            id={`${listId}-${index}`}
            entry={entry}
            isActive={index === active}
            onPoint={() => setAt(index)}
            onChoose={() => choose(entry)}
          />
        ))}
      </div>
    </>
  );
}

interface OptionProps {
  id: string;
  entry: PaletteEntry;
  isActive: boolean;
  onPoint: () => void;
  onChoose: () => void;
}

function PaletteOption({ id, entry, isActive, onPoint, onChoose }: OptionProps) {
  useEffect(() => {
    if (isActive) document.getElementById(id)?.scrollIntoView({ block: "nearest" });
  }, [id, isActive]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which names the active option.
    <div
      id={id}
      role="option"
      aria-selected={isActive}
      tabIndex={-1}
      onMouseMove={onPoint}
      onClick={onChoose}
      className={classNames(
        "flex min-h-9 cursor-pointer items-center gap-4 rounded-md px-3 text-sm pointer-coarse:min-h-11",
        isActive && "bg-hover",
      )}
    >
      <span className="min-w-0 flex-1 truncate">{entry.label}</span>
      <span className="shrink-0 text-muted text-xs">{entry.kind}</span>
    </div>
  );
}

/** What has the text in its name; the last answer stays until the next one has come. */
function usePaletteSearch(text: string, search: SearchPalette) {
  const [answer, setAnswer] = useState<{ text: string; entries: readonly PaletteEntry[] }>({ text: "", entries: NONE });
  useEffect(() => {
    if (text === "") return;
    let isLate = false;
    const timer = setTimeout(async () => {
      const result = await answerOf(() => search({ q: text }));
      if (!isLate) setAnswer({ text, entries: result.ok ? result.value : NONE });
    }, GATHER_MS);
    return () => {
      isLate = true;
      clearTimeout(timer);
    };
  }, [text, search]);
  return { found: text === "" ? NONE : answer.entries, pending: text !== "" && answer.text !== text };
}
