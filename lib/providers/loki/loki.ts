import { z } from "zod";
import { trimEndSigns } from "@/lib/core/trim-signs";
import {
  type AnswerRules,
  defineProvider,
  field,
  type RenderContext,
  type SendResult,
  type ServiceAnswer,
} from "../contract";
import { isPlainLine } from "../kit/answer-rules";
import { classify } from "../kit/classify";
import { decodePart } from "../kit/decode-part";
import { objectIn } from "../kit/json-body";
import { cutTo, oneLine } from "../kit/text";
import { type Entry, logEntries } from "./lines";

/** Defaults of Loki's limits_config: https://grafana.com/docs/loki/latest/configure/#limits_config; the total is Belfry's own. */
const limits = {
  line: { max: 262_144, unit: "bytes" },
  labelValue: { max: 2048, unit: "bytes" },
  total: { max: 2_000_000, unit: "bytes" },
} as const;

const LABELS_MAX = 15;
const PUSH_PATH = "/loki/api/v1/push";
const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** Values that are filled in for each message. */
const PLACEHOLDERS: Record<string, (context: RenderContext) => unknown> = {
  __hostname: ({ installation: { url, name } }) => (url && URL.canParse(url) ? new URL(url).hostname : name),
  __job: (context) => jobOf(context)?.name,
  __job_slug: (context) => jobOf(context)?.slug,
  __job_id: (context) => jobOf(context)?.id,
  __state: ({ run }) => run?.state,
};

/**
 * https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs: 204 without a body. Its errors are plain text;
 * user and password are asked for by what stands in front of it, so that counts as its own.
 */
const answers: AnswerRules = {
  service: "Loki",
  proof: { expected: "with 204 and nothing else", holds: ({ body }) => body.trim() === "" },
  isOwn: (answer) => {
    const said = objectIn(answer.body);
    const isJson = said?.status === "error" || typeof said?.error === "string" || typeof said?.message === "string";
    const asksForLogin = answer.status === 401 && answer.headers["www-authenticate"] !== undefined;
    return isJson || asksForLogin || isErrorText(answer);
  },
  address: `The push URL ends in ${PUSH_PATH}.`,
};

/** Errors have several lines when lines were ignored. */
function isErrorText({ body, headers }: ServiceAnswer): boolean {
  return (
    isPlainLine({ body: body.replace(/\n/g, " ").slice(0, 400) }) && !/\bhtml\b/i.test(headers["content-type"] ?? "")
  );
}

interface Payload {
  stream: Record<string, string>;
  values: Entry[];
}

const config = () =>
  z
    .object({
      url: field(z.string().trim().min(1, "Enter the push URL.").superRefine(checkUrl), {
        label: "Push URL",
        help: `Loki's address; ${PUSH_PATH} is added when there is no path`,
        placeholder: `https://loki.example.org${PUSH_PATH}`,
      }),
      labels: field(
        z.record(z.string(), z.string()).superRefine(checkLabels).default({ app: "belfry", job: "__job_slug" }),
        {
          label: "Labels",
          help: "Of the stream. As a value, __hostname, __job, __job_slug, __job_id and __state are replaced by their values",
          widget: "pairs",
        },
      ),
      tenant: field(
        z
          .string()
          .trim()
          .regex(/^[\w!.*'()|-]*$/, "A tenant has letters, digits and a few signs only.")
          .max(150, "At most 150 characters.")
          .optional(),
        { label: "Tenant", help: "Sent as X-Scope-OrgID, for a Loki with several tenants" },
      ),
      user: field(z.string().trim().optional(), {
        label: "User",
        help: "At Grafana Cloud the number of the Loki instance",
      }),
      password: field(z.string().optional(), {
        label: "Password",
        help: "At Grafana Cloud an access token with the right to write logs",
        secret: true,
        sentTo: ["url"],
      }),
    })
    .superRefine(({ user, password }, context) => {
      if (password && !user)
        context.addIssue({ code: "custom", path: ["user"], message: "Enter the user that goes with the password." });
      if (user && !password)
        context.addIssue({
          code: "custom",
          path: ["password"],
          message: "Enter the password that goes with the user.",
        });
    });

/** Grafana Loki: the state of each run, and its log with the lines' own times. */
export const loki = defineProvider({
  id: "loki",
  label: "Loki",
  tagline: "Run logs and states",
  aliases: ["Grafana", "logs"],
  icon: { path: "M2 3.5h3v3H2zM7 3.5h15v3H7zM2 10.5h3v3H2zM7 10.5h10v3H7zM2 17.5h3v3H2zM7 17.5h13v3H7z" },
  docsUrl: "https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs",
  purpose: "monitor",
  namesPeople: false,
  answers: [answers],
  ownServer: true,
  wantsRun: true,
  limits,
  concurrency: 1,
  foldAbove: null,
  config,
  example: {
    url: `https://loki.example.org${PUSH_PATH}`,
    labels: { app: "belfry", job: "__job_slug", host: "__hostname" },
    tenant: "backups",
    user: "belfry",
    password: "example-password",
  },
  needsValues: ({ labels }) => Object.values(labels).some((value) => value.startsWith("__job")),

  render(notification, { labels }, context): Payload {
    const stream: Record<string, string> = {};
    for (const [name, value] of Object.entries(labels)) {
      const text = Object.hasOwn(PLACEHOLDERS, value) ? String(PLACEHOLDERS[value]?.(context) ?? "") : value;
      const cut = cutTo(oneLine(text), limits.labelValue);
      if (cut) stream[name] = cut;
    }
    // A stream without any label is refused.
    if (Object.keys(stream).length === 0) stream.app = "belfry";
    return { stream, values: logEntries(notification, context, limits.line, limits.total) };
  },

  async send({ stream, values }, { url, tenant, user, password }, io) {
    const headers: Record<string, string> = { "content-type": "application/json" };
    if (tenant) headers["x-scope-orgid"] = tenant;
    if (user) headers.authorization = `Basic ${Buffer.from(`${user}:${password ?? ""}`).toString("base64")}`;
    const body = JSON.stringify({ streams: [{ stream, values }] });
    return partly(classify(await io.http.request({ url: pushUrl(url), method: "POST", headers, body }), answers));
  },

  parts: ({ stream, values }) => ({
    line: values.map(([, line]) => line),
    labelValue: Object.values(stream),
    total: [JSON.stringify(values)],
  }),

  preview: ({ stream, values }) => ({
    kind: "monitor",
    title: `{${Object.entries(stream)
      .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
      .join(", ")}}`,
    text: values.map(([, line]) => line).join("\n"),
    facts: [{ label: "Lines", value: String(values.length) }],
  }),

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (!url?.pathname.endsWith(PUSH_PATH)) return null;
    const [user, password] = [url.username, url.password].map(decodePart);
    return { url: url.origin + url.pathname, ...(user && password ? { user, password } : {}) };
  },

  advise({ status, reason }) {
    if (/no org id/i.test(reason)) return "This Loki serves several tenants: enter the tenant.";
    if (status === 401 || status === 403)
      return "Loki does not accept the user and password. Access tokens of Grafana Cloud need the right to write logs.";
    if (status === 404) return `No Loki answers at this address. The push URL ends in ${PUSH_PATH}.`;
    if (/too far behind|out of order|too old|too new/i.test(reason))
      return "Loki accepts lines of a stream only up to about an hour older than its newest one. Give each job its own stream by a label with __job_slug, and check both clocks.";
    if (status === 400) return "Loki found the lines invalid; its answer says why.";
    if (status === 413) return "Loki only accepts smaller requests. Set a smaller limit for the log in the rule.";
    if (status === 429)
      return "Loki's limit for this tenant is reached. Belfry waits, then continues; nothing is lost.";
    return undefined;
  },
});

/** When some lines of a push are too old, Loki keeps the others: both a retry and a rejection would be wrong. */
function partly(outcome: SendResult): SendResult {
  if (outcome.kind !== "rejected" || outcome.status !== 400) return outcome;
  const [, ignored, all] = /total ignored: (\d+) out of (\d+)/.exec(outcome.answer ?? "") ?? [];
  if (all === undefined || Number(ignored) >= Number(all)) return outcome;
  const { status, answer } = outcome;
  const advice = `Loki left out ${ignored} of ${all} lines: they were too far behind the newest of their stream.`;
  return { kind: "sent", status, ...(answer ? { answer } : {}), advice };
}

function pushUrl(text: string): string {
  const url = new URL(text);
  const path = trimEndSigns(url.pathname, "/");
  if (path === "" || path.endsWith("/loki")) url.pathname = path.replace(/\/loki$/, "") + PUSH_PATH;
  return url.href;
}

function jobOf(context: RenderContext) {
  const job = context.run?.job ?? context.values?.job;
  return typeof job === "object" && job !== null ? job : undefined;
}

function checkUrl(text: string, context: z.RefinementCtx): void {
  const url = URL.canParse(text) ? new URL(text) : null;
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  if (!url || !/^https?:$/.test(url.protocol)) refuse("Enter an address that begins with http:// or https://.");
  else if (url.username || url.password) refuse("Enter user and password below, not in the address.");
}

function checkLabels(labels: Record<string, string>, context: z.RefinementCtx): void {
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  for (const [name, value] of Object.entries(labels)) {
    if (!LABEL_NAME.test(name))
      refuse(`“${oneLine(name).slice(0, 60)}” cannot be the name of a label: letters, digits and _ only.`);
    if (value.startsWith("__") && !Object.hasOwn(PLACEHOLDERS, value))
      refuse(`There is no ${oneLine(value).slice(0, 60)}. Known are ${Object.keys(PLACEHOLDERS).join(", ")}.`);
  }
  if (Object.keys(labels).length > LABELS_MAX) refuse(`Loki takes at most ${LABELS_MAX} labels.`);
}
