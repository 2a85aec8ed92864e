"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition } from "react";
import { dayTimeText } from "@/components/format";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useTimezone } from "@/components/ui/timezone";
import { toast } from "@/components/ui/toast";
import { momentOf, tomorrowAt, wallTextOf } from "@/components/zoned-time";
import type { ActionResult } from "@/lib/core/action-error";

interface Props {
  channelId: string;
  /** Milliseconds; null: it speaks. */
  mutedUntil: number | null;
  /** Null ends it. */
  mute: (input: { id: string; mutedUntil: string | null }) => Promise<ActionResult<unknown>>;
}

const HOUR_MS = 3_600_000;
const MORNING = "08:00";

/** Keeps a channel quiet for a while, at once: what it would say is held and sent afterwards. */
export function MuteControl({ channelId, mutedUntil, mute }: Props) {
  const router = useRouter();
  const timezone = useTimezone();
  const [pending, start] = useTransition();
  const [wall, setWall] = useState<string | null>(null);
  const [error, setError] = useState<string>();
  const send = (until: number | null) =>
    start(async () => {
      const answer = await mute({ id: channelId, mutedUntil: until === null ? null : new Date(until).toISOString() });
      if (!answer.ok) return setError(answer.error.fields?.mutedUntil ?? answer.error.message);
      setError(undefined);
      setWall(null);
      toast.success(until === null ? "It speaks again." : `Muted until ${dayTimeText(until, timezone)}.`);
      router.refresh();
    });
  if (mutedUntil !== null) {
    return (
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm">
        <p className="min-w-0 flex-1 basis-64">
          Muted until {dayTimeText(mutedUntil, timezone)}.{" "}
          <span className="text-muted">What it would say is held, and sent then.</span>
        </p>
        <Button size="sm" pending={pending} onClick={() => send(null)}>
          Unmute
        </Button>
        {error && <p className="w-full text-failure text-xs">{error}</p>}
      </div>
    );
  }
  const sendTyped = () => {
    const until = momentOf(wall ?? "", timezone);
    if (until === null) return setError("Choose a day and a time.");
    if (until <= Date.now()) return setError("This time has passed. Choose a later one.");
    send(until);
  };
  return (
    <div className="flex flex-col gap-2">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a border and a legend */}
      <div role="group" aria-label="Mute" className="flex flex-wrap items-center gap-2">
        <Button size="sm" disabled={pending} onClick={() => send(Date.now() + HOUR_MS)}>
          1 hour
        </Button>
        <Button size="sm" disabled={pending} onClick={() => send(Date.now() + 4 * HOUR_MS)}>
          4 hours
        </Button>
        <Button size="sm" disabled={pending} onClick={() => send(tomorrowAt(MORNING, timezone, Date.now()))}>
          Until tomorrow, {MORNING}
        </Button>
        <Button
          size="sm"
          variant="ghost"
          disabled={pending}
          aria-expanded={wall !== null}
          onClick={() => {
            setError(undefined);
            setWall(wall === null ? wallTextOf(tomorrowAt(MORNING, timezone, Date.now()), timezone) : null);
          }}
        >
          Another time…
        </Button>
      </div>
      {wall !== null && (
        <div className="flex flex-wrap items-end gap-2">
          <Field label="Muted until" help={`In your time zone, ${timezone}.`} error={error} className="w-56">
            <Input
              type="datetime-local"
              value={wall}
              onChange={(event) => setWall(event.target.value)}
              onKeyDown={(event) => {
                if (event.key !== "Enter") return;
                // Enter here means this time, not the whole form.
                event.preventDefault();
                sendTyped();
              }}
            />
          </Field>
          <Button className="mb-5.5" pending={pending} onClick={sendTyped}>
            Mute
          </Button>
        </div>
      )}
      {error && wall === null && <p className="text-failure text-xs">{error}</p>}
      <p className="text-muted text-xs">Begins at once. What it would say is held, and sent afterwards.</p>
    </div>
  );
}
