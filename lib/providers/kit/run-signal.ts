import { z } from "zod";
import type { Notification } from "@/lib/core/notification";
import { field, type Limit, type RenderContext } from "../contract";
import { cutLog } from "./log-cut";
import { messagePieces, titlePieces } from "./message-text";
import { cutTo, measure } from "./text";

/** The signal to a monitoring service about a run; a `note` is about no run, such as a Test. */
export type MonitorSignal = "start" | "success" | "failure" | "note";

/** For services that only know success and failure. */
export const warningIsFailure = field(z.boolean().default(false), {
  label: "A warning counts as a failure",
  help: "Off: a run with warnings counts as a success, since it made a backup",
  widget: "switch",
});

/** A missed run is a failure. A message without a run is a note, but for one that shows that Belfry runs. */
export function signalOf(
  notification: Notification,
  context: RenderContext,
  config: { warningIsFailure: boolean },
): MonitorSignal {
  if (notification.isReport) return "success";
  if (notification.isTest || !context.run) return "note";
  const { state } = context.run;
  if (state === "start" || state === "success") return state;
  return state === "warning" && !config.warningIsFailure ? "success" : "failure";
}

/** Milliseconds from a run's start to its end, when both are known. */
export function durationOf({ run }: RenderContext): number | undefined {
  if (run?.startedAt === undefined || run.finishedAt === undefined) return undefined;
  return Math.max(0, run.finishedAt - run.startedAt);
}

/** Title and message, and the run's log below them, when the rule includes it: cut so that both its ends stay. */
export function reportOf(notification: Notification, context: RenderContext, limit: Limit): string {
  const log = context.log ?? context.run?.logLines?.map(({ text }) => text).join("\n") ?? "";
  const { max, unit } = limit;
  const wordsMax = log ? Math.floor(max / 2) : max;
  const title = cutTo(titlePieces(notification, context), { max: wordsMax, unit });
  const room = wordsMax - measure(title, unit) - 1;
  const message = room > 0 ? cutTo(messagePieces(notification, context), { max: room, unit }) : "";
  const words = message ? `${title}\n${message}` : title;
  if (!log) return words;
  const rest = max - measure(words, unit) - 2;
  return rest < 40 ? words : `${words}\n\n${cutLog(log, { max: rest, unit })}`;
}
