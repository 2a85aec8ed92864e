"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useAction } from "@/components/action/use-action";
import { formatDayTime } from "@/components/format";
import { Button } from "@/components/ui/button";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { useTimezone } from "@/components/ui/timezone";
import { formatWallTime, parseWallTime, tomorrowAt } from "@/components/zoned-time";
import type { ActionResult } from "@/lib/core/action-error";

interface Props {
  channelId: string;
  /** Milliseconds; null: not muted. */
  mutedUntil: number | null;
  /** Null unmutes. */
  mute: (input: { id: string; mutedUntil: string | null }) => Promise<ActionResult<unknown>>;
}

const HOUR_MS = 3_600_000;
const MORNING = "08:00";

/** Mutes and unmutes a channel immediately: deliveries are held meanwhile and sent afterwards. */
export function MuteControl({ channelId, mutedUntil, mute }: Props) {
  const router = useRouter();
  const timezone = useTimezone();
  const { run, pending } = useAction();
  const [wall, setWall] = useState<string | null>(null);
  const [error, setError] = useState<string>();
  const send = (until: number | null) =>
    mute({ id: channelId, mutedUntil: until === null ? null : new Date(until).toISOString() });
  const save = (until: number | null) =>
    run(() => send(until), {
      success: until === null ? "Unmuted." : `Muted until ${formatDayTime(until, timezone)}.`,
      onError: ({ fields, message }) => setError(fields?.mutedUntil ?? message),
      undo: () => send(mutedUntil !== null && mutedUntil > Date.now() ? mutedUntil : null),
      onSuccess: () => {
        setError(undefined);
        setWall(null);
      },
      onSettled: () => router.refresh(),
    });
  if (mutedUntil !== null) {
    return (
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm">
        <p className="min-w-0 flex-1 basis-64">
          Muted until {formatDayTime(mutedUntil, timezone)}.{" "}
          <span className="text-muted">Messages are held and sent then.</span>
        </p>
        <Button size="sm" pending={pending} onClick={() => save(null)}>
          Unmute
        </Button>
        {error && <p className="w-full text-failure text-xs">{error}</p>}
      </div>
    );
  }
  const saveTyped = () => {
    const until = parseWallTime(wall ?? "", timezone);
    if (until === null) return setError("Choose a day and a time.");
    if (until <= Date.now()) return setError("This time has passed. Choose a later one.");
    save(until);
  };
  const toggleCustom = () => {
    setError(undefined);
    setWall(wall === null ? formatWallTime(tomorrowAt(MORNING, timezone, Date.now()), timezone) : null);
  };
  return (
    <div className="flex flex-col gap-2">
      <MuteSpans pending={pending} isCustom={wall !== null} onMute={save} onToggleCustom={toggleCustom} />
      {wall !== null && (
        <MuteUntilField value={wall} onChange={setWall} error={error} pending={pending} onSave={saveTyped} />
      )}
      {error && wall === null && <p className="text-failure text-xs">{error}</p>}
      <p className="text-muted text-xs">Starts immediately. Messages are held and sent afterwards.</p>
    </div>
  );
}

interface SpansProps {
  pending: boolean;
  isCustom: boolean;
  /** @param until milliseconds */
  onMute: (until: number) => void;
  onToggleCustom: () => void;
}

function MuteSpans({ pending, isCustom, onMute, onToggleCustom }: SpansProps) {
  const timezone = useTimezone();
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a border and a legend
    <div role="group" aria-label="Mute" className="flex flex-wrap items-center gap-2">
      <Button size="sm" disabled={pending} onClick={() => onMute(Date.now() + HOUR_MS)}>
        1 hour
      </Button>
      <Button size="sm" disabled={pending} onClick={() => onMute(Date.now() + 4 * HOUR_MS)}>
        4 hours
      </Button>
      <Button size="sm" disabled={pending} onClick={() => onMute(tomorrowAt(MORNING, timezone, Date.now()))}>
        Until tomorrow, {MORNING}
      </Button>
      <Button size="sm" variant="ghost" disabled={pending} aria-expanded={isCustom} onClick={onToggleCustom}>
        Custom time…
      </Button>
    </div>
  );
}

interface UntilProps {
  value: string;
  onChange: (value: string) => void;
  error?: string;
  pending: boolean;
  onSave: () => void;
}

function MuteUntilField({ value, onChange, error, pending, onSave }: UntilProps) {
  const timezone = useTimezone();
  return (
    <div className="flex flex-wrap items-end gap-2">
      <Field label="Muted until" help={`In your time zone, ${timezone}.`} error={error} className="w-56">
        <Input
          type="datetime-local"
          value={value}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter") return;
            // Enter saves this time, not the whole form.
            event.preventDefault();
            onSave();
          }}
        />
      </Field>
      <Button className="mb-5.5" pending={pending} onClick={onSave}>
        Mute
      </Button>
    </div>
  );
}
