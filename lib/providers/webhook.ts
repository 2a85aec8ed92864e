import { z } from "zod";
import type { Notification } from "@/lib/core/notification";
import { TEMPLATE_NAMES } from "@/lib/core/template-names";
import { defineProvider, field, type RenderContext, type TemplateValues } from "./contract";
import { fillBody, formatOf } from "./kit/body-format";
import { classify } from "./kit/classify";
import { checkDemandedAnswer, type DemandedAnswer, demandedAnswerFields, demandedRules } from "./kit/demanded-answer";
import { appriseType, splunkMessageType } from "./kit/foreign-text";
import { disc } from "./kit/icon";
import { actionsOf, linkOf, messagePieces, titlePieces } from "./kit/message-text";
import { signatureHeaders } from "./kit/signature";
import { PAYLOAD_LOG, standardPayload } from "./kit/standard-payload";
import { checkTemplate } from "./kit/template";
import { cutTo, oneLine } from "./kit/text";

/** Variables of a custom body: those of custom texts, and the ids that only a machine needs. */
export const BODY_TEMPLATE_NAMES = [
  ...TEMPLATE_NAMES,
  "delivery.id",
  "event.id",
  "alert.id",
  "alert.acknowledgeUrl",
  "thread.id",
  "status",
  "at",
  "isTest",
  "apprise.type",
  "splunk.type",
] as const;

const METHODS = ["POST", "PUT", "PATCH", "GET", "HEAD"] as const;

/** Common limits rather than a service's: receivers accept a megabyte, addresses 8 kB. */
const limits = {
  title: { max: 1000, unit: "codepoints" },
  message: { max: 262_144, unit: "bytes" },
  log: PAYLOAD_LOG,
  query: { max: 2000, unit: "bytes" },
} as const;

interface Payload {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string | null;
}

/** Header names that belong to the connection (RFC 9110 7.6.1) or that Belfry itself must write. */
const OWN_HEADERS = new Set(
  "connection content-length content-type expect host keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer transfer-encoding upgrade idempotency-key webhook-id webhook-timestamp webhook-signature".split(
    " ",
  ),
);
const headerName = z.string().superRefine((name, context) => {
  if (!/^[!#$%&'*+\-.^_`|~\w]+$/.test(name))
    context.addIssue({ code: "custom", message: `“${oneLine(name).slice(0, 60)}” cannot be the name of a header.` });
  else if (OWN_HEADERS.has(name.toLowerCase()))
    context.addIssue({ code: "custom", message: `Belfry sets the header ${name} itself.` });
});
const headerValue = z.string().regex(/^[\t\x20-\x7e\xa0-\xff]*$/, "A header's value is one line of plain characters.");

const config = () =>
  z
    .object({
      url: field(z.string().trim().superRefine(checkUrl), {
        label: "URL",
        placeholder: "https://…",
        help: "The address may contain a user and password, which are sent as Basic authentication",
        secret: true,
        sentTo: "itself",
      }),
      method: field(z.enum(METHODS).default("POST"), {
        label: "Method",
        help: "GET and HEAD send title and message in the address",
        widget: "select",
      }),
      contentType: field(
        z
          .string()
          .trim()
          .regex(
            /^[\w.+-]+\/[\w.+-]+(\s*;\s*[\w-]+=("[\w .-]*"|[\w.-]+))*$/,
            "A content type looks like application/json.",
          )
          .default("application/json"),
        { label: "Content type", advanced: true, showWhen: { field: "method", is: ["POST", "PUT", "PATCH"] } },
      ),
      authHeader: field(headerValue.optional(), {
        label: "Authorization",
        help: "The value of the Authorization header, such as Bearer and a token",
        placeholder: "Bearer …",
        secret: true,
        sentTo: ["url"],
      }),
      headers: field(z.record(headerName, headerValue).optional(), {
        label: "Headers",
        help: "Further headers; their values are stored as secrets",
        widget: "pairs",
        secret: true,
        sentTo: ["url"],
        advanced: true,
      }),
      template: field(z.string().max(100_000, "At most 100,000 characters.").optional(), {
        label: "Payload template",
        help: "A custom body with {{title}}, {{message}}, {{job.name}} and so on; empty: the documented JSON",
        widget: "textarea",
        advanced: true,
        showWhen: { field: "method", is: ["POST", "PUT", "PATCH"] },
      }),
      signingSecret: field(z.string().optional(), {
        label: "Signing secret",
        help: "Signs each message with HMAC-SHA256 per Standard Webhooks; a whsec_… secret is supported",
        secret: true,
        sentTo: ["url"],
        advanced: true,
      }),
      ...demandedAnswerFields,
    })
    .superRefine(checkBody);

type Config = z.output<ReturnType<typeof config>>;

/** Any HTTP address: the documented JSON, or a custom body. */
export const webhook = defineProvider({
  id: "webhook",
  label: "Webhook",
  tagline: "To any HTTP endpoint",
  aliases: ["HTTP", "URL", "JSON", "REST", "n8n", "Home Assistant", "Zapier"],
  icon: {
    path: `${disc(12, 5.5, 4)}${disc(12, 5.5, -1.6)}${disc(5.5, 17.5, 4)}${disc(5.5, 17.5, -1.6)}${disc(18.5, 17.5, 4)}${disc(18.5, 17.5, -1.6)}M9.6 7.3l1.9 1.3-3.4 6.1-2-1zM14.4 7.3l3.5 6.4-2 1-3.4-6.1zM8.5 16.4h7v2.2h-7z`,
  },
  docsUrl: "https://www.standardwebhooks.com/",
  purpose: "message",
  namesPeople: true,
  answers: [demandedRules({})],
  ownServer: true,
  messageOptions: { priority: true, tags: true },
  limits,
  concurrency: 32,
  foldAbove: null,
  config,
  example: {
    url: "https://automation.example.org/hooks/3f9c1d7ae0b24c55",
    method: "POST",
    contentType: "application/json",
    authHeader: "Bearer example-token-0123456789",
    headers: { "X-Tenant": "example-tenant-key" },
    signingSecret: "whsec_ZXhhbXBsZS1zaWduaW5nLXNlY3JldA==",
  },

  needsValues: ({ template }) => Boolean(template),

  render(notification, config, context): Payload {
    const title = cutTo(titlePieces(notification, context), limits.title);
    const message = cutTo(messagePieces(notification, context), limits.message);
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(config.headers ?? {})) headers[name.toLowerCase()] = value;
    if (config.authHeader) headers.authorization = config.authHeader;
    headers["idempotency-key"] = context.deliveryId;

    let url = config.url;
    let body: string | null = null;
    if (config.method === "GET" || config.method === "HEAD") {
      url = withQuery(url, flat(notification, context, title, cutTo(message, limits.query)));
    } else {
      headers["content-type"] = config.contentType;
      body = bodyOf(notification, config, context, title, message);
    }
    if (config.signingSecret) {
      Object.assign(
        headers,
        signatureHeaders(config.signingSecret, context.deliveryId, context.now ?? notification.at, body ?? ""),
      );
    }
    return { method: config.method, url, headers, body };
  },

  async send(payload, config, io) {
    const { method, url, headers, body } = payload;
    const answer = await io.http.request({ method, url, headers, ...(body === null ? {} : { body }) });
    return classify(answer, demandedRules(config));
  },

  parts: ({ body, url }): Record<string, string[]> => {
    if (body === null) return { query: new URL(url).searchParams.getAll("message") };
    try {
      const { title, message, log } = JSON.parse(body) as { title: string; message: string; log?: string };
      return { title: [title], message: [message], log: log === undefined ? [] : [log] };
    } catch {
      return {};
    }
  },

  preview: ({ method, url, headers, body }) => ({
    kind: "request",
    title: `${method} ${new URL(url).host}`,
    body: body ?? [...new URL(url).searchParams].map(([name, value]) => `${name}: ${value}`).join("\n"),
    facts: headers["content-type"] ? [{ label: "Content type", value: headers["content-type"] }] : [],
  }),

  // Accepts any address, so the picker tries every other service first.
  fromUrl: (text) => (isAddress(text) ? { url: text } : null),

  advise({ status }) {
    if (status === 401 || status === 403)
      return "The receiver does not accept the credentials. Check Authorization and the headers.";
    if (status === 404) return "Nothing answers at this address. Check the URL's path.";
    if (status === 405) return "The receiver does not accept this method. Choose another one.";
    if (status === 413)
      return "The receiver only accepts smaller messages. Leave out the log, or set a smaller limit for it.";
    if (status === 415) return "The receiver does not accept this content type. Choose the one it documents.";
    return undefined;
  },
});

function bodyOf(
  notification: Notification,
  config: Config,
  context: RenderContext,
  title: string,
  message: string,
): string {
  const format = formatOf(config.contentType);
  if (config.template)
    return fillBody(config.template, valuesFor(notification, context, title, message), format ?? "text");
  if (format === "form") return new URLSearchParams(flat(notification, context, title, message)).toString();
  if (format === "text") return `${title}\n\n${message}\n`;
  return JSON.stringify(standardPayload(notification, context, title, message));
}

/** The facts that fit into a flat list of names and values. */
function flat(
  notification: Notification,
  context: RenderContext,
  title: string,
  message: string,
): Record<string, string> {
  return {
    title,
    message,
    type: notification.type,
    tone: notification.tone,
    severity: notification.severity,
    ...(notification.status ? { status: notification.status } : {}),
    ...(notification.isTest ? { isTest: "true" } : {}),
    at: new Date(notification.at).toISOString(),
    id: context.deliveryId,
    eventId: context.eventId,
    ...(notification.alertId ? { alertId: notification.alertId } : {}),
  };
}

function valuesFor(notification: Notification, context: RenderContext, title: string, message: string): TemplateValues {
  const given = context.values ?? context.own?.values ?? {};
  const inside = (name: string) => (typeof given[name] === "object" && given[name] !== null ? given[name] : {});
  return {
    ...given,
    event: { ...inside("event"), type: notification.type, name: notification.typeName, id: context.eventId },
    delivery: { id: context.deliveryId },
    alert: {
      ...inside("alert"),
      id: notification.alertId,
      acknowledgeUrl: actionsOf(notification)[0]?.url ?? "",
    },
    thread: { id: context.threadId },
    apprise: { type: appriseType(notification) },
    splunk: { type: splunkMessageType(notification) },
    belfry: { name: context.installation.name, url: context.installation.url, ...inside("belfry") },
    tone: notification.tone,
    severity: notification.severity,
    status: notification.status,
    isTest: notification.isTest ?? false,
    at: new Date(notification.at).toISOString(),
    link: linkOf(notification)?.url,
    title,
    message,
  };
}

/** Appends to the query and leaves its existing bytes unchanged. */
function withQuery(url: string, values: Record<string, string>): string {
  const [address = "", fragment] = url.split("#", 2);
  const query = new URLSearchParams(values).toString();
  return `${address}${address.includes("?") ? "&" : "?"}${query}${fragment === undefined ? "" : `#${fragment}`}`;
}

function isAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) && url.hostname !== "";
}

function checkUrl(text: string, context: z.RefinementCtx): void {
  if (!isAddress(text)) {
    context.addIssue({ code: "custom", message: "Enter an address that begins with http:// or https://." });
  }
}

/** Checks across fields: a template must fit the method, the content type and the known variables. */
function checkBody(
  config: { method: string; contentType: string; template?: string | undefined } & DemandedAnswer,
  context: z.RefinementCtx,
): void {
  const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
  checkDemandedAnswer(config, config.method !== "HEAD", refuse);
  if (config.method === "GET" || config.method === "HEAD") {
    if (config.template)
      refuse("template", `${config.method} sends no body: choose another method, or leave the template empty.`);
    return;
  }
  const format = formatOf(config.contentType);
  if (!config.template) {
    if (!format || format === "markup")
      refuse("template", `Belfry has no standard body for ${config.contentType}: enter a template.`);
    return;
  }
  const [problem] = checkTemplate(config.template, BODY_TEMPLATE_NAMES);
  if (problem) {
    refuse("template", `${problem.message} (character ${problem.at + 1})`);
    return;
  }
  if (format !== "json") return;
  try {
    JSON.parse(fillBody(config.template, {}, "json"));
  } catch (error) {
    refuse("template", `The result is not valid JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
