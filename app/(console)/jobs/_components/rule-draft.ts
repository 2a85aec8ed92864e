import { type TextDraft, textDraftOf, textSetOf } from "@/components/channel/texts/text-draft";
import type { Condition, JobState, Repeat } from "@/lib/core/job";
import type { ManagedJobView } from "@/lib/services/jobs/view";

/** A rule as the verbs of jobs and profiles answer it. */
export type StoredRule = Omit<ManagedJobView["notifications"][number], "id" | "channelName">;

/** Whether a number is missing. */
export function isNoNumber(text: string): boolean {
  return text.trim() === "" || Number.isNaN(Number(text));
}

/** A rule of the Notifications tab on the form. Numbers are text until they are sent. */
export interface RuleDraft {
  channelId: string;
  condition: Condition;
  states: JobState[];
  repeat: Repeat;
  remindHours: string;
  notifyOnRecovery: boolean;
  /** Empty: none. */
  escalationPolicyId: string;
  /** How often in a row; blank: from the first on. */
  afterCount: string;
  /** How many hours without success; blank: at once. */
  afterHours: string;
  text: TextDraft;
  includeLog: boolean;
  /** In kB, as people say it. */
  logLimit: string;
}

/** A new rule starts as On Failure: messages about successes hide the failures. */
export function newRule(channelId: string, condition: Condition = "failure"): RuleDraft {
  return {
    channelId,
    condition,
    states: ["failure", "missed"],
    repeat: "every",
    remindHours: "6",
    notifyOnRecovery: true,
    escalationPolicyId: "",
    afterCount: "",
    afterHours: "",
    text: textDraftOf(null),
    includeLog: false,
    logLimit: "10",
  };
}

/** A rule for a service that monitors a job: it receives each of the states that the service can show, every time. */
export function newMonitorRule(channelId: string, states: readonly JobState[]): RuleDraft {
  return {
    ...newRule(channelId, "custom"),
    states: [...states],
    notifyOnRecovery: false,
  };
}

/** A stored rule on the form, of a job or a profile. */
export function ruleDraftOf(rule: StoredRule): RuleDraft {
  return {
    channelId: rule.channelId,
    condition: rule.condition,
    states: rule.states ?? ["failure", "missed"],
    repeat: rule.repeat,
    remindHours: String(rule.remindHours ?? 6),
    notifyOnRecovery: rule.notifyOnRecovery,
    escalationPolicyId: rule.escalationPolicyId ?? "",
    afterCount: String(rule.afterCount ?? ""),
    afterHours: String(rule.afterHours ?? ""),
    text: textDraftOf(rule),
    includeLog: rule.includeLog,
    logLimit: String(rule.logLimit / 1000),
  };
}

/** The part of a rule that decides who is notified. Its texts do not, so they may be invalid meanwhile. */
export function routeInput(rule: RuleDraft) {
  return {
    channelId: rule.channelId,
    condition: rule.condition,
    ...(rule.condition === "custom" && { states: rule.states }),
    repeat: rule.repeat,
    ...(rule.repeat === "remind" && { remindHours: Number(rule.remindHours) }),
    notifyOnRecovery: rule.notifyOnRecovery,
    ...(rule.escalationPolicyId && { escalationPolicyId: rule.escalationPolicyId }),
    // A rule about successes has no problem to wait for.
    ...(rule.condition !== "success" && {
      ...(rule.afterCount && { afterCount: Number(rule.afterCount) }),
      ...(rule.afterHours && { afterHours: Number(rule.afterHours) }),
    }),
  };
}

export function ruleInput(rule: RuleDraft) {
  return {
    ...routeInput(rule),
    ...textSetOf(rule.text),
    includeLog: rule.includeLog,
    logLimit: Math.round(Number(rule.logLimit) * 1000),
  };
}

/** What is missing in rules. By path. */
export function gapsOfRules(rules: readonly RuleDraft[]): Record<string, string> {
  const gaps: Record<string, string> = {};
  const need = (path: string, text: string) => {
    if (isNoNumber(text)) gaps[path] = "Enter a number.";
  };
  rules.forEach((rule, index) => {
    if (rule.repeat === "remind") need(`notifications[${index}].remindHours`, rule.remindHours);
    if (rule.includeLog) need(`notifications[${index}].logLimit`, rule.logLimit);
    if (rule.condition === "custom" && rule.states.length === 0) {
      gaps[`notifications[${index}].states`] = "Choose at least one outcome.";
    }
  });
  return gaps;
}
