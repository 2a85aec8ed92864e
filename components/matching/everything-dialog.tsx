"use client";

import type { ReactNode } from "react";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import type { ActionResult } from "@/lib/core/action-error";

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  confirmLabel: string;
  submit: () => Promise<ActionResult<unknown> | undefined>;
  /** What it means, and how much it takes. */
  children: ReactNode;
}

/** Confirms what has no condition, and so takes everything. What is refused is shown on the form, where its fields are. */
export function EverythingDialog({ submit, ...dialog }: Props) {
  const confirm = async () => {
    const result = await submit();
    if (result && !result.ok) dialog.onOpenChange(false);
    return result;
  };
  return <ConfirmDialog {...dialog} onConfirm={confirm} />;
}
