"use client";

import { useAction } from "@/components/action/use-action";
import { Button, type ButtonProps } from "@/components/ui/button";
import type { ActionResult } from "@/lib/core/action-error";

interface Props extends Pick<ButtonProps, "size" | "variant"> {
  /** When what the reader sees was read, ISO 8601: what came later stays unread. */
  seenAt: string;
  readAll: (input: { seenAt: string }) => Promise<ActionResult<unknown>>;
  onDone?: () => void;
}

/** Marks as read everything that the reader can have seen. */
export function ReadAllButton({ seenAt, readAll, onDone, ...look }: Props) {
  const { run, pending } = useAction();
  const submit = () => run(() => readAll({ seenAt }), { onSuccess: () => onDone?.() });
  return (
    <Button {...look} pending={pending} onClick={submit}>
      Mark all as read
    </Button>
  );
}
