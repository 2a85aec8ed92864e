"use client";

import { AlarmClock } from "lucide-react";
import { type ReactElement, useState } from "react";
import { Button, IconButton } from "@/components/ui/button";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Menu } from "@/components/ui/menu";
import { useTimezone } from "@/components/ui/timezone";
import { formatWallTime, parseWallTime, tomorrowAt } from "@/components/zoned-time";

interface Props {
  title: string;
  isSnoozed: boolean;
  /** Replaces the button with a clock. */
  trigger?: ReactElement;
  /** @param until ISO 8601; null ends the snooze */
  onSnooze: (until: string | null) => void;
}

const HOUR_MS = 3_600_000;
const MORNING = "08:00";

/** Snoozes one alert for everybody, until a time in the reader's zone. */
export function SnoozeMenu({ title, isSnoozed, trigger, onSnooze }: Props) {
  const timezone = useTimezone();
  const [isChoosing, setIsChoosing] = useState(false);
  const until = (at: number) => onSnooze(new Date(at).toISOString());
  return (
    <>
      <Menu
        label={`Snooze ${title}`}
        trigger={
          trigger ?? (
            <IconButton size="sm" label={`Snooze ${title}`}>
              <AlarmClock aria-hidden="true" className="size-3.5" />
            </IconButton>
          )
        }
        heading="Holds reminders and escalation, for everybody"
        items={[
          { label: "1 hour", onSelect: () => until(Date.now() + HOUR_MS) },
          { label: "8 hours", onSelect: () => until(Date.now() + 8 * HOUR_MS) },
          {
            label: `Until tomorrow, ${MORNING}`,
            onSelect: () => until(tomorrowAt(MORNING, timezone, Date.now())),
          },
          { label: "Until…", onSelect: () => setIsChoosing(true) },
          ...(isSnoozed ? (["separator", { label: "End snooze", onSelect: () => onSnooze(null) }] as const) : []),
        ]}
      />
      {isChoosing && (
        <SnoozeDialog
          title={title}
          onClose={() => setIsChoosing(false)}
          onChoose={(at) => {
            setIsChoosing(false);
            until(at);
          }}
        />
      )}
    </>
  );
}

interface DialogProps {
  title: string;
  onClose: () => void;
  onChoose: (at: number) => void;
}

function SnoozeDialog({ title, onClose, onChoose }: DialogProps) {
  const timezone = useTimezone();
  const [wall, setWall] = useState(() => formatWallTime(tomorrowAt(MORNING, timezone, Date.now()), timezone));
  const [error, setError] = useState<string>();
  const choose = () => {
    const at = parseWallTime(wall, timezone);
    if (at === null) return setError("Choose a day and a time.");
    if (at <= Date.now()) return setError("This time has passed. Choose a later one.");
    onChoose(at);
  };
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title="Snooze until…"
      description={title}
      size="sm"
      footer={
        <>
          <DialogClose>
            <Button>Cancel</Button>
          </DialogClose>
          <Button variant="primary" onClick={choose}>
            Snooze
          </Button>
        </>
      }
    >
      <Field label="Until" help={`In your time zone, ${timezone}.`} error={error}>
        <Input type="datetime-local" value={wall} onChange={(event) => setWall(event.target.value)} />
      </Field>
    </Dialog>
  );
}
