import { z } from "zod";
import { trimEndSigns } from "@/lib/core/trim-signs";
import { type AnswerRules, defineProvider, field, type SendResult } from "../contract";
import { classify } from "../kit/classify";
import type { HttpAnswer } from "../kit/http";
import { isObject, objectIn } from "../kit/json-body";
import { cutTo, oneLine } from "../kit/text";
import { type Alert, composeAlert, composeNote, isResponder, nameOf, OPSGENIE_LIMITS, TAGS_MAX } from "./alert";
import { opsgenieIcon } from "./icon";

const RESPONDERS_MAX = 50;
const HOSTS = { us: "https://api.opsgenie.com", eu: "https://api.eu.opsgenie.com" };

interface Payload {
  alias: string;
  /** One request each, in this order. */
  steps: (
    | { action: "create"; body: Alert }
    | { action: "acknowledge" | "close"; body: { source: string; note: string } }
  )[];
}

/** https://docs.opsgenie.com/docs/response: a result or a message, and always the request's id and time. */
const answers: AnswerRules = {
  service: "Opsgenie",
  proof: {
    expected: "with the request's id",
    holds: ({ body }) => {
      const said = objectIn(body);
      return typeof said?.requestId === "string" && said.result !== undefined;
    },
  },
  isOwn: ({ body }) => {
    const said = objectIn(body);
    return typeof said?.message === "string" && (typeof said.requestId === "string" || typeof said.took === "number");
  },
};

/** Opsgenie: an alert per problem, acknowledged and closed with it. */
export const opsgenie = defineProvider({
  id: "opsgenie",
  label: "Opsgenie",
  tagline: "Opens and closes alerts",
  aliases: ["Atlassian", "incident", "on-call"],
  icon: opsgenieIcon,
  docsUrl: "https://docs.opsgenie.com/docs/alert-api",
  purpose: "message",
  namesPeople: true,
  answers: [answers],
  closesAlerts: true,
  messageOptions: { priority: true, tags: true },
  limits: OPSGENIE_LIMITS,
  concurrency: 2,
  foldAbove: null,
  config: () =>
    z.object({
      apiKey: field(z.string().trim().min(1, "Enter the API key.").regex(/^\S+$/, "An API key has no spaces."), {
        label: "API key",
        help: "In Opsgenie: Teams → your team → Integrations → Add integration → API. Not the key of an account",
        secret: true,
        sentTo: ["apiBaseUrl"],
      }),
      region: field(z.enum(["us", "eu"]).default("us"), {
        label: "Region",
        help: "EU when your Opsgenie is at app.eu.opsgenie.com",
        widget: "select",
        optionLabels: { us: "US", eu: "EU" },
      }),
      responders: field(
        z
          .array(z.string().trim().min(1).refine(isResponder, "Enter a name after the sign."))
          .max(RESPONDERS_MAX, `At most ${RESPONDERS_MAX}.`)
          .optional(),
        {
          label: "Responders",
          help: "#team, @user by mail address, ^escalation, *schedule; a name alone is a team. Empty: the integration's own responders",
          widget: "list",
        },
      ),
      tags: field(
        z
          .array(z.string().trim().min(1).max(50, "At most 50 characters."))
          .max(TAGS_MAX, `At most ${TAGS_MAX}.`)
          .optional(),
        { label: "Tags", help: "Of every alert, besides those of a custom text", widget: "list", advanced: true },
      ),
      entity: field(z.string().trim().max(512, "At most 512 characters.").optional(), {
        label: "Entity",
        help: "What the alert is about; the event's first fact by default",
        advanced: true,
      }),
      apiBaseUrl: field(
        z.union([z.literal(""), z.url({ protocol: /^https?$/, error: "Enter an http or https address." })]).optional(),
        {
          label: "API base URL",
          help: "Only for a proxy in front of Opsgenie; otherwise the region decides",
          placeholder: HOSTS.us,
          advanced: true,
        },
      ),
    }),
  example: {
    apiKey: "eb243592-faa2-4ba2-a551-1afdf565c889",
    region: "us",
    responders: ["#Backups", "@ops@example.org", "^Night escalation", "*On-call"],
  },

  render(notification, config, context): Payload {
    const source = cutTo(oneLine(context.installation.name) || "Belfry", OPSGENIE_LIMITS.source);
    // A Test has a separate alert: it must not close a real one.
    const alias = notification.isTest ? context.deliveryId : context.threadId;
    const note = composeNote(notification, context);
    const close = { action: "close" as const, body: { source, note } };
    if (!notification.isTest) {
      if (notification.status === "resolved") return { alias, steps: [close] };
      if (notification.status === "acknowledged")
        return { alias, steps: [{ action: "acknowledge", body: { source, note } }] };
    }
    const isOpen = notification.status === "firing" && !notification.isTest;
    const { responders = [], tags = [], entity = "" } = config;
    const body = composeAlert(notification, context, { alias, source, responders, tags, entity, isOpen });
    // An alert that no later message closes is closed at once.
    return { alias, steps: isOpen ? [{ action: "create", body }] : [{ action: "create", body }, close] };
  },

  async send({ alias, steps }, config, io) {
    const base = `${trimEndSigns(config.apiBaseUrl || HOSTS[config.region], "/")}/v2/alerts`;
    const headers = { "content-type": "application/json", authorization: `GenieKey ${config.apiKey}` };
    let outcome: SendResult = { kind: "rejected", reason: "There was nothing to send." };
    for (const { action, body } of steps) {
      const url = action === "create" ? base : `${base}/${encodeURIComponent(alias)}/${action}?identifierType=alias`;
      const answer = await io.http.request({ url, method: "POST", headers, body: JSON.stringify(body) });
      outcome = judge(answer);
      // An alert that no longer exists needs no closing.
      if (action !== "create" && outcome.kind === "rejected" && outcome.status === 404)
        outcome = { kind: "sent", status: 404, ...(outcome.answer ? { answer: outcome.answer } : {}) };
      if (outcome.kind !== "sent") return outcome;
    }
    return outcome.kind === "sent" ? { ...outcome, receipt: alias } : outcome;
  },

  parts: ({ steps }) => {
    const alerts = steps.flatMap((step) => (step.action === "create" ? [step.body] : []));
    return {
      message: alerts.map(({ message }) => message),
      description: alerts.map(({ description }) => description),
      note: steps.flatMap((step) => (step.action === "create" ? [] : [step.body.note])),
      tag: alerts.flatMap(({ tags }) => tags ?? []),
      entity: alerts.flatMap(({ entity }) => entity ?? []),
      source: steps.map(({ body }) => body.source),
      details: alerts.map(({ details }) => Object.entries(details).flat().join("")),
    };
  },

  preview({ alias, steps }) {
    const [first] = steps;
    const action = { label: "Action", value: steps.map((step) => step.action).join(", then ") };
    if (first?.action !== "create") {
      const [title = "", ...text] = (first?.body.note ?? "").split("\n");
      return { kind: "incident", title, text: text.join("\n"), facts: [action, { label: "Alias", value: alias }] };
    }
    const { message, description, details, priority, responders, tags } = first.body;
    return {
      kind: "incident",
      title: message,
      text: description,
      fields: Object.entries(details).map(([label, value]) => ({ label, value })),
      facts: [
        action,
        { label: "Priority", value: priority },
        { label: "Alias", value: alias },
        ...(responders ? [{ label: "Responders", value: responders.map(nameOf).join(", ") }] : []),
        ...(tags ? [{ label: "Tags", value: tags.join(", ") }] : []),
      ],
    };
  },

  advise({ status, reason }) {
    if (status === 401)
      return "Opsgenie does not know this API key, or its integration is disabled. Check the region too.";
    if (status === 402) return "The Opsgenie plan does not include this.";
    if (status === 403)
      return "The API key may not do this. Use the key of an API integration with create and update access.";
    if (status === 404) return "Nothing answers at this address. Check the API base URL.";
    if (status === 422)
      return /responder|team|user/i.test(reason)
        ? "Opsgenie does not accept a responder. Compare the names under Responders with those in Opsgenie."
        : "Opsgenie found the alert invalid; its answer says why.";
    if (status === 429) return "Opsgenie limits requests per account. Belfry waits, then continues; nothing is lost.";
    return undefined;
  },
});

/** How long the limit lasts stands in a header of Opsgenie's own: https://docs.opsgenie.com/docs/api-rate-limiting */
function judge(answer: HttpAnswer): SendResult {
  const outcome = classify(answer, answers);
  if (outcome.kind === "rejected") return { ...outcome, reason: withErrors(outcome) };
  if (outcome.kind !== "retry" || outcome.afterMs !== undefined || answer.kind !== "answer") return outcome;
  const seconds = Number(answer.headers["x-ratelimit-period-in-sec"]);
  return seconds > 0 ? { ...outcome, afterMs: Math.min(seconds, 86_400) * 1000 } : outcome;
}

/** What is wrong stands in `errors`, by the member's name; the message only says that there is something. */
function withErrors({ reason, answer }: { reason: string; answer?: string }): string {
  const errors = objectIn(answer)?.errors;
  const words = isObject(errors) ? Object.entries(errors).map(([name, text]) => `${name}: ${text}`) : [];
  return words.length > 0 ? `${reason} ${oneLine(words.join("; ")).slice(0, 300)}` : reason;
}
