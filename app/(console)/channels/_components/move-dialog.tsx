"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { answerOf } from "@/components/action/answer-of";
import { useAction } from "@/components/action/use-action";
import { FormError } from "@/components/form/form-error";
import { pluralize } from "@/components/format";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { Spinner } from "@/components/ui/spinner";
import { toast } from "@/components/ui/toast";
import type { ActionError } from "@/lib/core/action-error";
import type { ChannelMoveView } from "@/lib/services/channels/move";
import { moveChannelAction } from "../actions";

/** A channel that may take over. */
export interface MoveTarget {
  id: string;
  name: string;
}

interface Props {
  channel: { id: string; name: string };
  targets: readonly MoveTarget[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

type Use = ChannelMoveView["uses"][number];

const NOUN: Record<Use["kind"], (count: number) => string> = {
  job: (count) => pluralize(count, "job"),
  profile: (count) => pluralize(count, "profile"),
  route: (count) => pluralize(count, "route"),
  escalation: (count) => pluralize(count, "escalation policy", "escalation policies"),
  global: () => "Global channels",
  fallback: () => "Fallback channels",
  event: (count) => `${pluralize(count, "event")} with channels of their own`,
  subscription: (count) => pluralize(count, "subscription"),
  heartbeat: () => "Heartbeat of Belfry",
};

/** Hands everything that uses a channel to another one: which, what changes, and a word that it cannot be undone. */
export function MoveDialog({ channel, targets, open, onOpenChange }: Props) {
  const { name } = channel;
  const change = (next: boolean) => {
    if (!next) void choose("");
    onOpenChange(next);
  };
  const { to, choose, preview, isKnown, setKnown, send, error, pending, isAsking } = useMove(channel, () =>
    change(false),
  );
  const count = preview?.count ?? 0;
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title={`Move what uses ${name}`}
      description="Another channel takes over everything that sends through this one."
      footer={
        <>
          <DialogClose>
            <Button>Cancel</Button>
          </DialogClose>
          <Button variant="primary" pending={pending} disabled={count === 0 || !isKnown} onClick={send}>
            {count > 0 ? `Move ${pluralize(count, "use")}` : "Move"}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Field label="To" help={targets.length === 0 ? "There is no other channel that could take over." : undefined}>
          <Select
            value={to}
            onChange={(event) => void choose(event.target.value)}
            options={[
              { value: "", label: "Choose a channel" },
              ...targets.map((one) => ({ value: one.id, label: one.name })),
            ]}
          />
        </Field>
        {isAsking && (
          <p role="status" className="flex items-center gap-2 text-muted">
            <Spinner /> Counting…
          </p>
        )}
        {preview && <MovePreview preview={preview} />}
        {count > 0 && preview && (
          <Checkbox
            label={`I know that this cannot be undone: afterwards nothing distinguishes it from what ${preview.to.name} had before.`}
            checked={isKnown}
            onChange={(event) => setKnown(event.target.checked)}
          />
        )}
        <FormError error={error} />
      </div>
    </Dialog>
  );
}

/** The chosen channel, what would change, and the act. */
function useMove({ id, name }: Props["channel"], close: () => void) {
  const router = useRouter();
  const [to, setTo] = useState("");
  const [preview, setPreview] = useState<ChannelMoveView | null>(null);
  const [isKnown, setKnown] = useState(false);
  const [error, setError] = useState<ActionError | null>(null);
  const { run, pending } = useAction();
  const chosen = useRef("");
  const choose = async (next: string) => {
    chosen.current = next;
    setTo(next);
    setPreview(null);
    setKnown(false);
    setError(null);
    if (next === "") return;
    const answer = await answerOf(() => moveChannelAction({ id, to: next, dryRun: true }));
    // Another one was chosen meanwhile.
    if (chosen.current !== next) return;
    if (answer.ok) setPreview(answer.value);
    else setError(answer.error);
  };
  const send = () => {
    if (!preview) return;
    run(() => moveChannelAction({ id, to: preview.to.id }), {
      onError: setError,
      onSuccess: ({ count, to: { name: target } }) => {
        toast.success(`${pluralize(count, "use")} of ${name} moved to ${target}.`);
        close();
        router.refresh();
      },
    });
  };
  const isAsking = to !== "" && !preview && !error;
  return { to, choose, preview, isKnown, setKnown, send, error, pending, isAsking };
}

/** What changes, each kind with its first names. */
function MovePreview({ preview: { count, uses, from, to } }: { preview: ChannelMoveView }) {
  if (count === 0) return <p role="status">Nothing uses {from.name}: there is nothing to move.</p>;
  return (
    <section aria-label="What changes" className="flex flex-col gap-2 border-line border-t pt-3">
      <ul className="flex flex-col gap-2">
        {uses.map(({ kind, count: many, kept, names }) => (
          <li key={kind} className="[overflow-wrap:anywhere]">
            <b className="font-medium">{NOUN[kind](many)}</b>
            {many > 0 && names[0] !== NOUN[kind](many) && (
              <span className="text-muted">
                : {names.join(", ")}
                {many > names.length && ` and ${(many - names.length).toLocaleString("en")} more`}
              </span>
            )}
            {kept > 0 && (
              <p className="text-muted text-xs">
                {kept === many ? "All" : kept.toLocaleString("en")} of these {kept === 1 ? "has a rule" : "have a rule"}{" "}
                for {to.name} already: that rule stays, the one for {from.name} goes.
              </p>
            )}
          </li>
        ))}
      </ul>
      <p className="text-muted text-xs">
        Deliveries that wait are still sent through {from.name}. It stays as it is, with its reports, and can be deleted
        afterwards.
      </p>
    </section>
  );
}
