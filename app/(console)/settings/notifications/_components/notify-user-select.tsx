"use client";

import { useId } from "react";
import { Select } from "@/components/ui/select";
import { NOTIFY_USER_MODES, type NotifyUser } from "@/lib/core/job";

const LABELS: Record<NotifyUser, string> = { none: "Disabled", also: "Admin & User", only: "User only" };

const EXPLANATION: Record<NotifyUser, string> = {
  none: "Only the channels above are notified.",
  also: "The channels above are notified, and the user gets a separate mail.",
  only: "Only the user gets a mail; the channels above are skipped.",
};

interface Props {
  mode: NotifyUser;
  /** The channels of the event include an enabled Email channel. */
  canMail: boolean;
  onChange: (mode: NotifyUser) => void;
}

/** Whether the user an event is about gets a mail. Explains why when that is impossible. */
export function NotifyUserSelect({ mode, canMail, onChange }: Props) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1 text-xs">
      <div className="flex flex-wrap items-center gap-2">
        <label htmlFor={id} className="text-muted">
          Notify user directly
        </label>
        <Select
          id={id}
          size="sm"
          className="w-auto"
          value={mode}
          aria-describedby={`${id}-why`}
          onChange={(event) => onChange(NOTIFY_USER_MODES.find((one) => one === event.target.value) ?? "none")}
          options={NOTIFY_USER_MODES.map((value) => ({
            value,
            label: LABELS[value],
            disabled: value !== "none" && !canMail,
          }))}
        />
      </div>
      <p id={`${id}-why`} className={!canMail && mode !== "none" ? "text-warning" : "text-faint"}>
        {explain(mode, canMail)}
      </p>
    </div>
  );
}

function explain(mode: NotifyUser, canMail: boolean): string {
  if (canMail) return EXPLANATION[mode];
  return mode === "none"
    ? "To notify the user, add an Email channel to this event."
    : "This event has no Email channel any more, so the administrators are notified instead.";
}
