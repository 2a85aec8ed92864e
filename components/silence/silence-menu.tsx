"use client";

import { useAction } from "@/components/action/use-action";
import { formatDayTime } from "@/components/format";
import { Button } from "@/components/ui/button";
import { Menu } from "@/components/ui/menu";
import { useTimezone } from "@/components/ui/timezone";
import { tomorrowAt } from "@/components/zoned-time";
import type { ActionResult } from "@/lib/core/action-error";
import type { MatchCondition } from "@/lib/core/matching";

/** What a new silence is made of. */
interface NewSilence {
  reason: string;
  conditions: MatchCondition[];
  /** ISO 8601. */
  endsAt: string;
}

interface Props {
  /** What is silenced, as the reader reads it. */
  name: string;
  /** All of them must hold; none: everything is silenced. */
  conditions: readonly MatchCondition[];
  actions: {
    create: (input: NewSilence) => Promise<ActionResult<{ id: string }>>;
    /** Takes it back. */
    remove: (input: { id: string }) => Promise<ActionResult<unknown>>;
  };
}

const HOUR_MS = 3_600_000;
const MORNING = "08:00";

/** Silences one thing from its own page: for a while, with one choice, or with everything that the form offers. */
export function SilenceMenu({ name, conditions, actions }: Props) {
  const timezone = useTimezone();
  const { run, pending } = useAction();
  const until = (at: number) => {
    const endsAt = new Date(at).toISOString();
    const from = conditions.length > 0 ? `page of ${name}` : "overview";
    const input = { reason: `Silenced from the ${from}`.slice(0, 500), conditions: [...conditions], endsAt };
    run(() => actions.create(input), {
      success: `Silenced until ${formatDayTime(at, timezone)}: notifications are held, and delivered then.`,
      undo: ({ id }) => actions.remove({ id }),
    });
  };
  const form = new URLSearchParams(conditions.map(({ field, value }) => [field, value]));
  return (
    <Menu
      label={`Silence ${name}`}
      trigger={<Button disabled={pending}>Silence</Button>}
      heading="Holds notifications, and delivers them at the end"
      items={[
        { label: "1 hour", onSelect: () => until(Date.now() + HOUR_MS) },
        { label: "8 hours", onSelect: () => until(Date.now() + 8 * HOUR_MS) },
        { label: `Until tomorrow, ${MORNING}`, onSelect: () => until(tomorrowAt(MORNING, timezone, Date.now())) },
        { label: "Until…", href: `/silences/new?${form}` },
      ]}
    />
  );
}
