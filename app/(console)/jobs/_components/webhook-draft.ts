import { SIGNAL_STATES, type SignalState } from "@/lib/core/signal";
import type { WebhookMapping } from "@/lib/core/webhook-mapping";

/** How the webhook of an external job is read, as the form has it. */
export interface WebhookDraft {
  isMapped: boolean;
  statePath: string;
  /** A line for each: `value = state`. */
  rules: string;
  title: string;
  message: string;
  log: string;
  runKey: string;
}

export const NEW_WEBHOOK: WebhookDraft = {
  isMapped: false,
  statePath: "status",
  rules: "",
  title: "title",
  message: "message",
  log: "",
  runKey: "",
};

/** What a person may write for a state; `ok` and `error` are understood without a rule. */
const STATES = SIGNAL_STATES.filter((state) => state !== "unknown");

export function webhookDraftOf(mapping: WebhookMapping | null): WebhookDraft {
  if (!mapping) return NEW_WEBHOOK;
  return {
    isMapped: true,
    statePath: mapping.state?.path ?? "",
    rules: (mapping.state?.rules ?? []).map(({ equals, state }) => `${equals} = ${state}`).join("\n"),
    title: mapping.title ?? "",
    message: mapping.message ?? "",
    log: mapping.log ?? "",
    runKey: mapping.runKey ?? "",
  };
}

/** The mapping as input of the verb; null: the usual places. What else a mapping has, set through the API, stays. */
export function webhookMappingOf(draft: WebhookDraft, stored: WebhookMapping | null): WebhookMapping | null {
  if (!draft.isMapped) return null;
  const { title: _, message: __, log: ___, runKey: ____, state: _____, ...others } = stored ?? {};
  const paths = Object.entries({ title: draft.title, message: draft.message, log: draft.log, runKey: draft.runKey });
  const state = draft.statePath.trim() && { state: { path: draft.statePath.trim(), rules: rulesOf(draft.rules) } };
  return {
    ...others,
    ...Object.fromEntries(paths.flatMap(([name, path]) => (path.trim() ? [[name, path.trim()]] : []))),
    ...(state !== "" && state),
  };
}

function rulesOf(text: string): { equals: string; state: SignalState }[] {
  return linesOf(text).flatMap((line) => {
    const rule = ruleOf(line);
    return rule ? [rule] : [];
  });
}

function ruleOf(line: string): { equals: string; state: SignalState } | null {
  const at = line.lastIndexOf("=");
  const state = STATES.find(
    (one) =>
      one ===
      line
        .slice(at + 1)
        .trim()
        .toLowerCase(),
  );
  return at > 0 && state ? { equals: line.slice(0, at).trim(), state } : null;
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

/** What is wrong with the rules, in a sentence; null when they can be read. */
export function ruleProblem(text: string): string | null {
  const wrong = linesOf(text).find((line) => ruleOf(line) === null);
  return wrong === undefined ? null : `“${wrong.trim()}” is not a value = state, with one of: ${STATES.join(", ")}.`;
}
