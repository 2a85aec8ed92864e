import type { Condition, JobState } from "@/lib/core/job";
import type { Config } from "@/lib/secrets/config";
import type { NotificationInput } from "@/lib/services/jobs/rule-fields";
import { HookRefused, type Section } from "./section";

/** What a hook becomes: a channel, and a rule of the job for it. */
export interface ReadHook {
  /** Where it is in the file: `hooks.ntfy`. */
  key: string;
  provider: string;
  /** Form values, secrets included. */
  config: Config;
  /** For the channel; null: its service's and the job's. Nothing secret. */
  name: string | null;
  rule: HookRule;
}

export type HookRule = Pick<NotificationInput, "condition"> &
  Partial<Pick<NotificationInput, "states" | "outcomes" | "includeLog" | "logLimit" | "notifyOnRecovery">>;

/** What a reader finds; without a key it is the hook's own. */
export type FoundHook = Omit<ReadHook, "key"> & { key?: string };

/** @throws HookRefused */
export type HookReader = (section: Section, syntax: Syntax) => FoundHook[];

/** `sections`: of borgmatic up to 1.7, with `location:` and `hooks:`. `flat`: of 1.8 and newer. */
export type Syntax = "sections" | "flat";

export const HOOK_STATES = ["start", "finish", "fail", "log"] as const;
export type HookState = (typeof HOOK_STATES)[number];

/** When a hook fires. @throws HookRefused when it never does */
export function readStates(section: Section, usual: readonly HookState[]): ReadonlySet<HookState> {
  const value = section.value("states");
  if (value === undefined || value === null) return new Set(usual);
  if (!Array.isArray(value)) throw new HookRefused("Its states cannot be read.");
  const states = HOOK_STATES.filter((state) => value.includes(state));
  const unknown = value.filter((one) => !HOOK_STATES.some((state) => state === one)).length;
  section.take(
    "states",
    unknown > 0 ? `When the rule notifies; ${unknown} unknown left out.` : "When the rule notifies.",
  );
  if (!states.some((state) => state !== "log")) throw new HookRefused("Its states name no start, finish or fail.");
  return new Set(states);
}

/** The rule of a channel that people read. */
export function messageRule(states: ReadonlySet<HookState>): HookRule {
  if (states.has("start")) return { condition: "custom", states: outcomesOf(states, ["warning", "failure", "missed"]) };
  return { condition: conditionOf(states) };
}

function conditionOf(states: ReadonlySet<HookState>): Condition {
  if (!states.has("fail")) return "success";
  return states.has("finish") ? "always" : "failure";
}

/** The rule of a monitor, which counts runs: borgmatic calls a run with warnings finished. */
export function monitorRule(states: ReadonlySet<HookState>): HookRule {
  const all = outcomesOf(states, ["failure"]);
  const order: JobState[] = ["start", "success", "warning", "failure"];
  return {
    condition: "custom",
    notifyOnRecovery: false,
    states: order.filter((state) => all.includes(state === "warning" ? "success" : state)),
  };
}

function outcomesOf(states: ReadonlySet<HookState>, failing: JobState[]): JobState[] {
  return [
    ...(states.has("start") ? (["start"] as const) : []),
    ...(states.has("finish") ? (["success"] as const) : []),
    ...(states.has("fail") ? failing : []),
  ];
}

const MAX_LOG = 500_000;

/** Whether the log goes along. @param limitKey the key of the most characters; 0 is no limit */
export function logRule(section: Section, limitKey: string | null, usual: boolean): Partial<HookRule> {
  const includeLog =
    section.flag("send_logs", (is) => (is ? "The rule includes the log." : "The rule includes no log.")) ?? usual;
  const limit = limitKey === null ? null : section.whole(limitKey, "How much of the log the rule includes.");
  const logLimit = limit === null ? undefined : Math.min(MAX_LOG, Math.max(100, limit === 0 ? MAX_LOG : limit));
  return { includeLog, ...(logLimit !== undefined && { logLimit }) };
}

/** Certificates are always checked. */
export function leaveTls(section: Section): void {
  if (section.value("verify_tls") === false)
    section.leave("verify_tls", "Certificates are always checked: enter the server's CA certificate in the channel.");
  else if (section.has("verify_tls")) section.take("verify_tls", "Certificates are always checked.");
}
