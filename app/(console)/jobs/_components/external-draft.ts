import type { ReportMethods } from "@/lib/core/job";
import type { WebhookMapping } from "@/lib/core/webhook-mapping";
import type { ExternalJobView } from "@/lib/services/jobs/view";
import { isNoNumber } from "./rule-draft";
import { NEW_WEBHOOK, ruleProblem, type WebhookDraft, webhookDraftOf, webhookMappingOf } from "./webhook-draft";

/** What only the form of an external job has. */
export interface ExternalDraft {
  /** When it is expected to report. */
  expected: "period" | "cron" | "onCalendar" | "none";
  period: string;
  periodUnit: "minutes" | "hours" | "days";
  onCalendar: string;
  methods: ReportMethods;
  /** A line for each word. */
  failureWords: string;
  warningWords: string;
  successWords: string;
  webhook: WebhookDraft;
  /** The mapping as it is stored. */
  storedMapping: WebhookMapping | null;
}

const MINUTES = { minutes: 1, hours: 60, days: 1_440 } as const;

export const NEW_EXTERNAL: ExternalDraft = {
  expected: "period",
  period: "1",
  periodUnit: "days",
  onCalendar: "*-*-* 02:00",
  methods: "any",
  failureWords: "",
  warningWords: "Treating exit code 1 as a warning\nsoft failure exit code",
  successWords: "",
  webhook: NEW_WEBHOOK,
  storedMapping: null,
};

/** The part of the draft that only an external job has. */
export function externalPart(
  job: Pick<ExternalJobView, "schedule" | "methods" | "keywords" | "webhookMapping">,
): ExternalDraft {
  const { schedule, methods, keywords, webhookMapping } = job;
  const words = {
    methods,
    failureWords: keywords.failure.join("\n"),
    warningWords: keywords.warning.join("\n"),
    successWords: keywords.success.join("\n"),
    webhook: webhookDraftOf(webhookMapping),
    storedMapping: webhookMapping,
  };
  if (!schedule) return { ...NEW_EXTERNAL, ...words, expected: "none" };
  if ("periodMinutes" in schedule) return { ...NEW_EXTERNAL, ...words, ...periodOf(schedule.periodMinutes) };
  if ("onCalendar" in schedule)
    return { ...NEW_EXTERNAL, ...words, expected: "onCalendar", onCalendar: schedule.onCalendar };
  return { ...NEW_EXTERNAL, ...words, expected: "cron" };
}

function periodOf(minutes: number): Pick<ExternalDraft, "expected" | "period" | "periodUnit"> {
  const periodUnit = minutes % MINUTES.days === 0 ? "days" : minutes % MINUTES.hours === 0 ? "hours" : "minutes";
  return { expected: "period", period: String(minutes / MINUTES[periodUnit]), periodUnit };
}

/** When an external job is expected, as input of the verb. */
export function expectationOf(draft: ExternalDraft, cron: string, timezone: string) {
  if (draft.expected === "none") return null;
  if (draft.expected === "period") return { periodMinutes: Number(draft.period) * MINUTES[draft.periodUnit] };
  return draft.expected === "cron"
    ? { cron: cron.trim(), timezone }
    : { onCalendar: draft.onCalendar.trim(), timezone };
}

/** Methods, keywords and the webhook, as input of the verb. */
export function reportSettingsOf(draft: ExternalDraft) {
  const words = (text: string) =>
    text
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  const { methods, failureWords, warningWords, successWords } = draft;
  return {
    methods,
    keywords: { failure: words(failureWords), warning: words(warningWords), success: words(successWords) },
    webhookMapping: webhookMappingOf(draft.webhook, draft.storedMapping),
  };
}

/** What is missing in the part of an external job, by path. */
export function gapsOfExternal(draft: ExternalDraft): Record<string, string> {
  if (draft.expected === "period" && (isNoNumber(draft.period) || Number(draft.period) <= 0))
    return { "schedule.periodMinutes": "Enter a number." };
  if (draft.expected === "onCalendar" && !draft.onCalendar.trim())
    return { "schedule.onCalendar": "Enter a calendar expression of systemd." };
  const rules = draft.webhook.isMapped ? ruleProblem(draft.webhook.rules) : null;
  return rules ? { "webhookMapping.state.rules": rules } : {};
}
