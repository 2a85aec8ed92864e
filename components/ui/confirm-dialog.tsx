"use client";

import { type FormEvent, type ReactElement, type ReactNode, useId, useState } from "react";
import { FormError } from "@/components/form/form-error";
import { useVerbForm } from "@/components/form/use-verb-form";
import { ScriptForm } from "@/components/ui/script-form";
import type { ActionResult } from "@/lib/core/action-error";
import { Button } from "./button";
import { Dialog, DialogClose } from "./dialog";
import { Field } from "./field";
import { Input } from "./input";

interface Props {
  trigger?: ReactElement;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
  title: string;
  /** What the action does, and to how many. */
  children: ReactNode;
  confirmLabel: string;
  /** What closes the dialog without the action; its own words where "Cancel" could mean the action. */
  dismissLabel?: string;
  danger?: boolean;
  /** Text to type before confirming: for actions that overwrite or delete data. */
  typeToConfirm?: string;
  onConfirm: () => Promise<ActionResult<unknown> | undefined>;
  onDone?: () => void;
}

/** Confirms an action that cannot be undone. Stays open with the error when the action fails. */
export function ConfirmDialog(props: Props) {
  const [ownOpen, setOwnOpen] = useState(false);
  const open = props.open ?? ownOpen;
  const setOpen = (next: boolean) => {
    setOwnOpen(next);
    props.onOpenChange?.(next);
  };
  const formId = useId();
  const [typed, setTyped] = useState("");
  const form = useVerbForm(
    async () => (await props.onConfirm()) ?? ({ ok: true, value: undefined } satisfies ActionResult<undefined>),
    {
      onSuccess: () => {
        setOpen(false);
        props.onDone?.();
      },
    },
  );
  const changeOpen = (next: boolean) => {
    setTyped("");
    form.clear();
    setOpen(next);
  };
  const blocked = props.typeToConfirm !== undefined && typed.trim() !== props.typeToConfirm;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    event.stopPropagation();
    if (!blocked) form.submit(undefined);
  };
  return (
    <Dialog
      trigger={props.trigger}
      open={open}
      onOpenChange={changeOpen}
      title={props.title}
      size="sm"
      footer={
        <>
          <DialogClose>
            <Button>{props.dismissLabel ?? "Cancel"}</Button>
          </DialogClose>
          <Button
            type="submit"
            form={formId}
            variant={props.danger ? "danger" : "primary"}
            pending={form.pending}
            disabled={blocked}
          >
            {props.confirmLabel}
          </Button>
        </>
      }
    >
      <ScriptForm id={formId} onSubmit={submit} className="flex flex-col gap-4">
        <div className="text-muted [&_b]:font-medium [&_b]:text-ink">{props.children}</div>
        {props.typeToConfirm !== undefined && (
          <Field
            label={
              <>
                Type <span className="select-all break-all font-mono">{props.typeToConfirm}</span> to confirm
              </>
            }
          >
            <Input
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
              spellCheck={false}
              autoCapitalize="off"
              className="font-mono"
            />
          </Field>
        )}
        <FormError error={form.error} />
      </ScriptForm>
    </Dialog>
  );
}
