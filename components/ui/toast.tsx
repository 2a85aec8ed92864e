"use client";

import { X } from "lucide-react";
import { useEffect, useSyncExternalStore } from "react";
import { ShapeMark } from "./badge";

type Kind = "success" | "error" | "info";

interface ToastAction {
  label: string;
  run: () => void;
}

interface Message {
  id: number;
  kind: Kind;
  text: string;
  action?: ToastAction;
}

const SHOWN_MS = 6_000;
/** Long enough to read it, and to reach its button. */
const SHOWN_WITH_ACTION_MS = 15_000;
const MAX_SHOWN = 3;
const NONE: readonly Message[] = [];

let nextId = 1;
let messages: readonly Message[] = NONE;
const listeners = new Set<() => void>();

function change(next: readonly Message[]): void {
  messages = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

function show(kind: Kind, text: string, action?: ToastAction): void {
  // The same words once: a second click beside a dead peer says nothing new.
  const others = messages.filter((message) => message.kind !== kind || message.text !== text);
  change([...others, { id: nextId++, kind, text, action }].slice(-MAX_SHOWN));
}

function hide(id: number): void {
  change(messages.filter((message) => message.id !== id));
}

/** Short messages about completed actions. Errors of a form are shown in the form. */
export const toast = {
  /** @param action what takes it back, as a button; it takes the message away */
  success: (text: string, action?: ToastAction) => show("success", text, action),
  /** @param action what to do about it, as a button; it takes the message away */
  error: (text: string, action?: ToastAction) => show("error", text, action),
  info: (text: string) => show("info", text),
};

/** Shows the toasts; once, in the root layout. Injects no styles, which the content security policy would refuse. */
export function Toaster() {
  const shown = useSyncExternalStore(
    subscribe,
    () => messages,
    () => NONE,
  );
  return (
    <section
      aria-label="Messages"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-4 bottom-4 z-50 [body:has([data-save-bar])_&]:bottom-20 flex flex-col items-end gap-2"
    >
      {shown.map((message) => (
        <ToastItem key={message.id} message={message} />
      ))}
    </section>
  );
}

function ToastItem({ message }: { message: Message }) {
  useEffect(() => {
    if (message.kind === "error") return;
    const timer = setTimeout(() => hide(message.id), message.action ? SHOWN_WITH_ACTION_MS : SHOWN_MS);
    return () => clearTimeout(timer);
  }, [message]);
  return (
    <div className="pointer-events-auto flex max-w-full animate-appear items-start gap-2.5 rounded-lg border border-line-strong bg-panel py-2 pr-2 pl-3.5 text-sm shadow-float sm:max-w-96">
      {message.kind === "success" && <ShapeMark shape="dot" className="mt-2 size-2 text-success" />}
      {message.kind === "error" && <ShapeMark shape="square" className="mt-2 size-2 text-failure" />}
      <p className="min-w-0 flex-1 py-0.5 [overflow-wrap:anywhere]">{message.text}</p>
      {message.action && <ToastButton action={message.action} onDone={() => hide(message.id)} />}
      <button
        type="button"
        aria-label="Dismiss"
        onClick={() => hide(message.id)}
        className="grid size-6 shrink-0 place-items-center rounded-md text-muted hover:bg-hover hover:text-ink"
      >
        <X aria-hidden="true" className="size-3.5" />
      </button>
    </div>
  );
}

function ToastButton({ action: { label, run }, onDone }: { action: ToastAction; onDone: () => void }) {
  return (
    <button
      type="button"
      onClick={() => {
        onDone();
        run();
      }}
      className="shrink-0 rounded-md px-2 py-0.5 font-medium underline underline-offset-3 hover:bg-hover"
    >
      {label}
    </button>
  );
}
