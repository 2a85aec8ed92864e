import { z } from "zod";
import { trimEndSigns } from "@/lib/core/trim-signs";
import { type AnswerRules, defineProvider, field, type SendResult } from "../contract";
import { classify } from "../kit/classify";
import { objectIn } from "../kit/json-body";
import { oneLine } from "../kit/text";
import { composeTrigger, detailsOf, type Event, linksOf, PAGERDUTY_LIMITS, severityOf } from "./event";
import { pagerdutyIcon } from "./icon";

/** PagerDuty names no duration; its documentation asks for "a few minutes" between attempts. */
const PAUSE_MS = 60_000;
const HOSTS = { us: "https://events.pagerduty.com", eu: "https://events.eu.pagerduty.com" };
const KEY = /^[A-Za-z0-9]{32}$/;
const INTEGRATION_PATH = /^\/(?:integration|x-ere)\/([A-Za-z0-9]{32})(?:\/enqueue)?\/?$/;
/** https://developer.pagerduty.com/docs/send-alert-event#responses: `status` and `message`, also of errors. */
const answers: AnswerRules = {
  service: "PagerDuty",
  proof: { expected: 'with "status":"success"', holds: ({ body }) => objectIn(body)?.status === "success" },
  isOwn: ({ body }) => {
    const said = objectIn(body);
    return typeof said?.status === "string" && typeof said.message === "string";
  },
};

/** One of https://developer.pagerduty.com/docs/send-alert-event, for rules and filters in PagerDuty. */
function incidentField(label: string, help: string) {
  return field(z.string().trim().max(PAGERDUTY_LIMITS.source.max, "At most 255 characters.").optional(), {
    label,
    help,
    advanced: true,
  });
}

interface Payload {
  /** PagerDuty only shows change events; they page nobody. */
  kind: "alert" | "change";
  /** One request each, in this order. The integration key is added to them when they are sent. */
  events: Event[];
}

/** PagerDuty Events API v2: an incident per problem, acknowledged and resolved with it. */
export const pagerduty = defineProvider({
  id: "pagerduty",
  label: "PagerDuty",
  tagline: "Opens and closes incidents",
  aliases: ["incident", "on-call", "pager"],
  icon: pagerdutyIcon,
  docsUrl: "https://developer.pagerduty.com/docs/events-api-v2-overview",
  purpose: "message",
  namesPeople: false,
  answers: [answers],
  closesAlerts: true,
  messageOptions: { priority: true },
  limits: PAGERDUTY_LIMITS,
  // Of an integration key, by PagerDuty's support; the documentation names no number, and 429 is answered beyond it.
  rate: { requests: 120, perMs: 60_000 },
  concurrency: 2,
  foldAbove: null,
  config: () =>
    z.object({
      integrationKey: field(
        z
          .string()
          .trim()
          .min(1, "Enter the integration key.")
          .regex(KEY, "An integration key has 32 letters and digits."),
        {
          label: "Integration key",
          help: "In PagerDuty: Service → Integrations → Add integration → Events API V2",
          secret: true,
          sentTo: ["apiBaseUrl"],
        },
      ),
      region: field(z.enum(["us", "eu"]).default("us"), {
        label: "Region",
        help: "EU when the address of your PagerDuty has .eu. in it",
        widget: "select",
        optionLabels: { us: "US", eu: "EU" },
      }),
      source: incidentField("Source", "What the incident is about; this installation's host name by default"),
      component: incidentField("Component", "The job, destination or source that broke by default"),
      group: incidentField("Group", "backups by default"),
      class: incidentField("Class", "The type of the event by default"),
      apiBaseUrl: field(
        z.union([z.literal(""), z.url({ protocol: /^https?$/, error: "Enter an http or https address." })]).optional(),
        {
          label: "API base URL",
          help: "Only for a proxy in front of PagerDuty, or a compatible service; otherwise the region decides",
          placeholder: HOSTS.us,
          advanced: true,
        },
      ),
    }),
  example: { integrationKey: "e93facc04764012d7bfb002500d5d1a6", region: "us" },

  render(notification, config, context): Payload {
    if (notification.isTest) {
      // A separate key: a Test must neither leave an incident open nor close a real one.
      const key = { dedup_key: context.deliveryId };
      return {
        kind: "alert",
        events: [
          { event_action: "trigger", ...key, ...composeTrigger(notification, context, "info", config) },
          { event_action: "resolve", ...key },
        ],
      };
    }
    const key = { dedup_key: context.threadId };
    if (notification.status === "resolved") return { kind: "alert", events: [{ event_action: "resolve", ...key }] };
    if (notification.status === "acknowledged")
      return { kind: "alert", events: [{ event_action: "acknowledge", ...key }] };
    if (notification.status === "firing") {
      const opened = composeTrigger(notification, context, severityOf(notification, context), config);
      return { kind: "alert", events: [{ event_action: "trigger", ...key, ...opened }] };
    }
    return {
      kind: "change",
      events: [{ payload: detailsOf(notification, context, config), ...linksOf(notification) }],
    };
  },

  async send({ kind, events }, config, io) {
    const url = `${trimEndSigns(config.apiBaseUrl || HOSTS[config.region], "/")}/v2/${kind === "change" ? "change/" : ""}enqueue`;
    let outcome: SendResult = { kind: "rejected", reason: "There was nothing to send." };
    for (const event of events) {
      const body = JSON.stringify({ routing_key: config.integrationKey, ...event });
      const headers = { "content-type": "application/json" };
      outcome = classify(await io.http.request({ url, method: "POST", headers, body }), answers);
      if (outcome.kind === "retry" && outcome.status === 429 && outcome.afterMs === undefined) {
        outcome.afterMs = PAUSE_MS;
      }
      if (outcome.kind !== "sent") return { ...outcome, reason: withErrors(outcome) };
    }
    const key = events[0]?.dedup_key;
    return outcome.kind === "sent" && key ? { ...outcome, receipt: key } : outcome;
  },

  parts: ({ events }) => {
    const details = events.flatMap(({ payload }) => payload ?? []);
    const custom = details.flatMap(({ custom_details }) => Object.entries(custom_details));
    const own = new Set(["message", "log"]);
    return {
      summary: details.map(({ summary }) => summary),
      source: details.map(({ source }) => source),
      message: custom.filter(([name]) => name === "message").map(([, value]) => value),
      log: custom.filter(([name]) => name === "log").map(([, value]) => value),
      fieldName: custom.map(([name]) => name),
      fieldValue: custom.filter(([name]) => !own.has(name)).map(([, value]) => value),
      event: events.map((event) => JSON.stringify(event)),
    };
  },

  preview({ kind, events }) {
    const [event] = events;
    const payload = event?.payload;
    const action = kind === "change" ? "change event" : events.map((one) => one.event_action).join(", then ");
    const facts = [
      ["Action", action],
      ["Severity", payload?.severity],
      ["Source", payload?.source],
      ["Component", payload?.component],
      ["Dedup key", event?.dedup_key],
    ];
    return {
      kind: "incident",
      title: payload?.summary ?? (event?.event_action === "resolve" ? "Incident resolved" : "Incident acknowledged"),
      ...(payload?.custom_details.message ? { text: payload.custom_details.message } : {}),
      fields: Object.entries(payload?.custom_details ?? {})
        .filter(([name]) => name !== "message")
        .map(([label, value]) => ({ label, value })),
      facts: facts.flatMap(([label, value]) => (label && value ? [{ label, value }] : [])),
      ...(event?.links?.[0] ? { link: { label: event.links[0].text, url: event.links[0].href } } : {}),
    };
  },

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    const key = url && INTEGRATION_PATH.exec(url.pathname)?.[1];
    if (!key) return null;
    const region = Object.entries(HOSTS).find(([, host]) => host === url.origin)?.[0];
    return region ? { integrationKey: key, region } : null;
  },

  advise({ status, reason }) {
    if (status === 400 && /routing[_ ]key/i.test(reason))
      return "PagerDuty does not know this integration key. Copy it again from Service → Integrations → Events API V2, and check the region. Keys of rulesets (they begin with R) accept no change events.";
    if (status === 400) return "PagerDuty found the event invalid; its answer says why.";
    if (status === 413)
      return "The event was too large for PagerDuty. Leave out the log, or set a smaller limit for it.";
    if (status === 429)
      return "PagerDuty accepts no more events for this service at the moment. Belfry waits a minute, then continues; nothing is lost.";
    return undefined;
  },
});

/** The cause is in `errors`; the message only says that there is one. */
function withErrors({ reason, answer }: { reason: string; answer?: string }): string {
  try {
    const { errors } = JSON.parse(answer ?? "") as { errors?: unknown };
    const words = Array.isArray(errors) ? errors.filter((one) => typeof one === "string").join("; ") : "";
    return words ? `${reason}: ${oneLine(words).slice(0, 300)}` : reason;
  } catch {
    return reason;
  }
}
