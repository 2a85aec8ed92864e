"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import { answerOf } from "@/components/action/answer-of";
import { useAction } from "@/components/action/use-action";
import { ChoiceList } from "@/components/form/choice-list";
import { FormError } from "@/components/form/form-error";
import { pluralize } from "@/components/format";
import { Button } from "@/components/ui/button";
import { Checkbox } from "@/components/ui/checkbox";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Spinner } from "@/components/ui/spinner";
import { useTimezone } from "@/components/ui/timezone";
import { toast } from "@/components/ui/toast";
import { formatWallTime, parseWallTime } from "@/components/zoned-time";
import type { ActionError } from "@/lib/core/action-error";
import { channelLostAction, recoverChannelAction } from "../actions";
import { type RecoverChoice, type RecoverPreview, useRecoverPreview } from "./use-recover-preview";

interface Props {
  channel: { id: string; name: string };
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

const DAY_MS = 86_400_000;

const WAYS = [
  {
    value: "summary" as const,
    label: "As one summary",
    description: "Few messages that name each, and what is still open",
  },
  { value: "open" as const, label: "Only what is still open", description: "The newest about each open alert" },
  { value: "each" as const, label: "One by one", description: "Each as it was, at the pace that the service takes" },
];

/** Sends again what a channel has lost: since when, how, and how many, before anything is sent. */
export function RecoverDialog({ channel, open, onOpenChange }: Props) {
  const { choice, preview, ...form } = useRecoverForm(channel, open, () => onOpenChange(false));
  const count = preview.found?.count ?? 0;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title={`Recover ${channel.name}`}
      description="Sends again what this channel could not deliver, or what was canceled with it."
      footer={
        <>
          <DialogClose>
            <Button>Cancel</Button>
          </DialogClose>
          <Button variant="primary" pending={form.pending} disabled={count === 0} onClick={form.send}>
            {count > 0 ? `Send ${pluralize(count, "notification")}` : "Send"}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <SinceField wall={form.wall} isInvalid={choice.since === null} onChange={form.setWall} />
        <ChoiceList legend="How" name="recover-as" value={choice.as} onChange={form.setAs} options={WAYS} />
        <Checkbox
          label="Also what a person canceled"
          checked={choice.includeCanceled}
          onChange={(event) => form.setIncludeCanceled(event.target.checked)}
        />
        <Preview preview={preview} />
        <FormError error={form.error} />
      </div>
    </Dialog>
  );
}

function SinceField(props: { wall: string; isInvalid: boolean; onChange: (wall: string) => void }) {
  const { wall, isInvalid, onChange } = props;
  const timezone = useTimezone();
  const error = wall !== "" && isInvalid ? "Enter a date and a time." : undefined;
  return (
    <Field label="Lost since" help={`In your time zone, ${timezone}.`} error={error} className="w-56">
      <Input type="datetime-local" value={wall} onChange={(event) => onChange(event.target.value)} />
    </Field>
  );
}

/** The choice, what it would send, and the button that sends it. */
function useRecoverForm({ id, name }: Props["channel"], open: boolean, close: () => void) {
  const router = useRouter();
  const timezone = useTimezone();
  const [wall, setWall] = useState("");
  const [as, setAs] = useState<RecoverChoice["as"]>("summary");
  const [includeCanceled, setIncludeCanceled] = useState(false);
  const [error, setError] = useState<ActionError | null>(null);
  const { run, pending } = useAction();
  const at = parseWallTime(wall, timezone);
  const choice: RecoverChoice = { id, since: at === null ? null : new Date(at).toISOString(), as, includeCanceled };
  const preview = useRecoverPreview(choice, open);
  useDefaultSince(id, open, timezone, setWall);
  const send = () => {
    const { since } = choice;
    if (since === null) return;
    setError(null);
    run(() => recoverChannelAction({ ...choice, since }), {
      onError: setError,
      onSuccess: ({ count, left }) => {
        const more = left > 0 ? `; ${left.toLocaleString("en")} more are left` : "";
        toast.success(`${name}: ${pluralize(count, "notification")} ${count === 1 ? "is" : "are"} sent again${more}.`);
        close();
        router.refresh();
      },
    });
  };
  return { choice, preview, error, pending, send, wall, setWall, setAs, setIncludeCanceled };
}

/** Sets when the channel began to fail, or a day ago, each time the dialog opens. */
function useDefaultSince(id: string, open: boolean, timezone: string, setWall: (wall: string) => void): void {
  useEffect(() => {
    if (!open) return;
    let isLate = false;
    answerOf(() => channelLostAction({ id })).then((answer) => {
      if (isLate) return;
      const since = answer.ok && answer.value.since !== null ? Date.parse(answer.value.since) : Date.now() - DAY_MS;
      setWall(formatWallTime(since, timezone));
    });
    return () => {
      isLate = true;
    };
  }, [id, open, timezone, setWall]);
}

/** The number, why they were lost, and the first of them. */
function Preview({ preview: { found, error } }: { preview: RecoverPreview }) {
  if (error) return <FormError error={error} />;
  if (!found)
    return (
      <p role="status" className="flex items-center gap-2 text-muted">
        <Spinner /> Counting…
      </p>
    );
  const { count, messages, left, open, byReason, items } = found;
  return (
    <section aria-label="Preview" className="flex flex-col gap-2 border-line border-t pt-3">
      <p role="status">
        {count === 0 ? (
          "Nothing is lost that would be sent in this way."
        ) : (
          <>
            <b>{pluralize(count, "notification")}</b>
            {messages !== count && ` in ${pluralize(messages, "message")}`}
            {open > 0 && `, ${pluralize(open, "alert")} still open`}
            {left > 0 && `; ${left.toLocaleString("en")} more than one call takes`}.
          </>
        )}
      </p>
      {byReason.length > 0 && (
        <ul className="text-muted text-xs">
          {byReason.map((one) => (
            <li key={`${one.status} ${one.reasonCode}`}>
              <span className="num">{one.count.toLocaleString("en")}</span> {one.status}: {one.reason}
            </li>
          ))}
        </ul>
      )}
      {items.length > 0 && (
        <ul className="list-disc pl-4 text-xs [overflow-wrap:anywhere]">
          {items.map((item) => (
            <li key={item.id}>{item.title}</li>
          ))}
          {count > items.length && <li className="list-none text-muted">and {count - items.length} more</li>}
        </ul>
      )}
    </section>
  );
}
