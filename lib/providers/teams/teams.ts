import { z } from "zod";
import {
  type AnswerRules,
  defineProvider,
  field,
  type MentionFormat,
  type SendResult,
  type ServiceAnswer,
} from "../contract";
import { isWebPage } from "../kit/answer-rules";
import { classify } from "../kit/classify";
import { isLocalHost } from "../kit/egress";
import { footerOf, notificationFacts } from "../kit/facts";
import { fitJson, jsonBytes } from "../kit/fit-json";
import { isObject, objectIn } from "../kit/json-body";
import { localTimeText } from "../kit/local-time";
import { cutLog } from "../kit/log-cut";
import { mentionFacts, nameAndId, readMentions } from "../kit/mentions";
import { actionsOf, linkOf, messagePieces, titlePieces } from "../kit/message-text";
import { clean, cutTo, oneLine } from "../kit/text";
import { type Card, type CardElement, hexOf, messageWith, type TeamsMention, toneOf } from "./card";
import { teamsIcon } from "./icon";

/** https://learn.microsoft.com/en-us/connectors/teams/#known-issues-and-limitations-with-actions: the total; the others are Belfry's own. */
const limits = {
  title: { max: 256, unit: "codepoints" },
  text: { max: 6000, unit: "codepoints" },
  factName: { max: 100, unit: "codepoints" },
  factValue: { max: 500, unit: "codepoints" },
  log: { max: 6000, unit: "codepoints" },
  footer: { max: 240, unit: "codepoints" },
  /** Of the whole request. Teams accepts about 28 KB, counted in UTF-16. */
  total: { max: 14_000, unit: "bytes" },
} as const;

const FACTS_MAX = 40;
/** Of the request, bytes. */
const FACTS_SHARE = 4_000;
/** The size of the blocks around text and log, bytes. */
const FRAMES = 400;

const WORKFLOW_HOST = /(^|\.)(logic\.azure\.(com|us|cn)|powerplatform\.(com|us|cn|partner\.microsoftonline\.cn))$/;
const CONNECTOR_HOST = /(^|\.)(webhook\.office\.com|outlook\.office(365)?\.com)$/;

/**
 * A workflow answers 202 unless its author added an answer of their own, with the id of its run either way. Its errors
 * have a code: https://learn.microsoft.com/en-us/azure/logic-apps/logic-apps-http-endpoint. A connector, which relays
 * imitate, answers with 1.
 */
const answers: AnswerRules = {
  service: "Teams",
  proof: {
    expected: "with 202 or the id of the workflow's run",
    holds: (answer) =>
      (answer.status === 202 && !isWebPage(answer)) ||
      answer.headers["x-ms-workflow-run-id"] !== undefined ||
      answer.body.trim() === "1",
  },
  isOwn: ({ body }) => typeof errorIn(body)?.code === "string",
  isGone: ({ status, body }) => {
    const { code, message } = errorIn(body) ?? {};
    const isUnknown = /^Workflow(Trigger)?NotFound$/.test(String(code));
    return status === 410 || isUnknown || /workflow '[^']*' could not be found/i.test(String(message));
  },
  address: "Copy the workflow's URL again.",
};

function errorIn(body: string): Record<string, unknown> | undefined {
  const error = objectIn(body)?.error;
  return isObject(error) ? error : undefined;
}

const PERSON = /^([^\s<>@,"&]{1,64}@[\w-]+(\.[\w-]+)+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** People only: cards have no mentions of a team or a tag. */
const mentions: MentionFormat<TeamsMention> = {
  example: "Ann Example <ann@example.org>",
  hint: "A person by the name they sign in with, or by object ID; a name in front is what the card shows",
  refusal:
    "Teams mentions a person as ann@example.org, or as Ann Example <ann@example.org>; an object ID works as well.",
  read(text) {
    const mentioned = nameAndId(text, PERSON);
    return mentioned && { type: "mention", text: `<at>${mentioned.name}</at>`, mentioned };
  },
};

/** Microsoft Teams: one Adaptive Card, posted by a workflow. */
export const teams = defineProvider({
  id: "teams",
  label: "Microsoft Teams",
  tagline: "To a team channel",
  aliases: ["Microsoft", "MS Teams", "Office 365", "Workflows", "Power Automate"],
  icon: teamsIcon,
  docsUrl:
    "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook",
  purpose: "message",
  namesPeople: false,
  answers: [answers],
  limits,
  rate: { requests: 4, perMs: 1_000 },
  concurrency: 2,
  foldAbove: 20,
  messageOptions: { mentions },
  config: () =>
    z.object({
      webhookUrl: field(z.string().trim().min(1, "Enter the webhook URL.").superRefine(checkWebhookUrl), {
        label: "Workflow webhook URL",
        help: "In Teams: channel → Workflows → Send webhook alerts to a channel, then copy the URL",
        placeholder: "https://….environment.api.powerplatform.com/powerautomate/…",
        secret: true,
        sentTo: "itself",
      }),
    }),
  example: {
    webhookUrl:
      "https://prod-00.westeurope.logic.azure.com:443/workflows/0123456789abcdef0123456789abcdef/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=exampleSignatureOfAWorkflow0123456789abcdef",
  },

  render(notification, _config, context): Card {
    const title = cutTo(titlePieces(notification, context), limits.title, escapeTeamsMarkdown).trim() || "–";
    const links = [linkOf(notification) ?? [], actionsOf(notification)].flat();
    const all = notificationFacts(notification, (at) => localTimeText(at, context.timezone));
    const facts: { title: string; value: string }[] = [];
    let room = FACTS_SHARE;
    for (const { name, value } of all) {
      const fact = {
        title: cutTo(name, limits.factName, escapeTeamsMarkdown),
        value: cutTo(value, limits.factValue, escapeTeamsMarkdown),
      };
      const size = jsonBytes(fact) + 1;
      if (facts.length >= FACTS_MAX || size > room) break;
      facts.push(fact);
      room -= size;
    }
    const footer = cutTo(
      footerOf(notification, context, all.length - facts.length),
      limits.footer,
      escapeTeamsMarkdown,
    );
    const mentioned = readMentions(mentions, context.mentions);
    const frame = { title, tone: toneOf(notification.tone), facts, footer, links, mentions: mentioned };

    // A paragraph for each line: Teams ignores a single line break.
    const message = messagePieces(notification, context).map((piece) =>
      piece.raw ? { ...piece, text: piece.text.replace(/\n+/g, "\n\n") } : piece,
    );
    const free = limits.total.max - FRAMES - jsonBytes(messageWith({ ...frame, text: "", log: "" }));
    const forText = context.log ? Math.floor(free / 2) : free;
    const text = fitJson(limits.text.max, forText, (max) => cutTo(message, { max, unit: "codepoints" }, escapeLines));
    const log = context.log ?? "";
    const forLog = free - jsonBytes(text);
    return messageWith({
      ...frame,
      text: text.trim() ? text : "",
      log: log && fitJson(limits.log.max, forLog, (max) => cutLog(log, { max, unit: "codepoints" })),
    });
  },

  async send(payload, config, io) {
    const answer = await io.http.request({
      url: config.webhookUrl,
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify(payload),
    });
    const isSuccess = answer.kind === "answer" && answer.status < 300;
    return (isSuccess ? refusalIn(answer) : null) ?? classify(answer, answers);
  },

  parts: (payload) => {
    const body = payload.attachments[0].content.body;
    const facts = body.flatMap((one) => (one.type === "FactSet" ? one.facts : []));
    return {
      title: body.flatMap((one) => (one.type === "Container" ? one.items.map(({ text }) => text) : [])),
      text: texts(body, "text"),
      factName: facts.map((fact) => fact.title),
      factValue: facts.map((fact) => fact.value),
      log: body.flatMap((one) => (one.type === "CodeBlock" ? [one.codeSnippet] : [])),
      footer: texts(body, "footer"),
      total: [JSON.stringify(payload)],
    };
  },

  preview: (payload) => {
    const { body, actions, msteams } = payload.attachments[0].content;
    const head = body.find((one) => one.type === "Container");
    const log = body.find((one) => one.type === "CodeBlock")?.codeSnippet;
    const facts = body.flatMap((one) => (one.type === "FactSet" ? one.facts : []));
    const [text = ""] = texts(body, "text");
    return {
      kind: "chat",
      facts: mentionFacts((msteams.entities ?? []).map(({ mentioned }) => mentioned.name)),
      format: "markdown",
      from: "Workflows",
      title: head?.items[0]?.text ?? "",
      text: [text, log && `\`\`\`\n${log.replaceAll("```", "`\u200b`\u200b`")}\n\`\`\``].filter(Boolean).join("\n"),
      color: hexOf(head?.style ?? "emphasis"),
      fields: facts.map(({ title, value }) => ({ label: title, value, short: false })),
      footer: texts(body, "footer").join(" "),
      ...(actions?.[0] ? { link: { label: actions[0].title, url: actions[0].url } } : {}),
    };
  },

  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    const isWorkflow = url && WORKFLOW_HOST.test(url.hostname) && url.pathname.includes("/triggers/");
    return url && (isWorkflow || CONNECTOR_HOST.test(url.hostname)) ? { webhookUrl: text.trim() } : null;
  },

  wrongLink: ({ hostname }) =>
    /^teams\.(microsoft\.com|live\.com|cloud\.microsoft)$/.test(hostname)
      ? "This is a link to a channel or a chat of Teams, and not a webhook. In Teams: channel → Workflows → Send webhook alerts to a channel, and copy the URL that it shows at the end."
      : null,

  advise({ status, reason }) {
    if ((/workflow|trigger/i.test(reason) && /not (be )?found/i.test(reason)) || status === 410)
      return "The workflow was deleted, or it belonged to an account that no longer exists. Create a new one: channel → Workflows → Send webhook alerts to a channel.";
    if (/not enabled|state '?(disabled|suspended)/i.test(reason))
      return "The workflow is disabled. Enable it in Power Automate under My flows; Microsoft disables flows that fail for a long time.";
    if (status === 401 || status === 403)
      return "Teams does not accept the URL's signature. Copy the complete URL again, and let “Anyone” trigger the flow, since Belfry does not sign in.";
    if (status === 413) return "The message was too large for Teams. Leave out the log, or set a smaller limit for it.";
    if (status === 429)
      return "Teams accepts about 4 requests a second for each workflow. Belfry waits, then continues; nothing is lost.";
    return undefined;
  },
});

function texts(body: CardElement[], role: "text" | "footer"): string[] {
  return body.flatMap((one) => (one.type === "TextBlock" && one.id === role ? [one.text] : []));
}

const MARKDOWN = /(https?:\/\/[\w\-.~:/?#@!$&'+,;=%]+)|[\\*_~`[\]]/g;
const LINE_START = /^([ \t]*)([#>+-]|\d+(?=[.)]))/gm;

/** Text that a card shows as it is: https://learn.microsoft.com/en-us/adaptive-cards/authoring-cards/text-features */
export function escapeTeamsMarkdown(text: string): string {
  return clean(text)
    .replace(MARKDOWN, (whole, address: string | undefined) => address ?? `\\${whole}`)
    .replace(LINE_START, (_, blanks: string, sign: string) =>
      /\d/.test(sign) ? `${blanks}${sign}\\` : `${blanks}\\${sign}`,
    );
}

function escapeLines(text: string): string {
  return escapeTeamsMarkdown(text).replace(/\n+/g, "\n\n");
}

/** Connectors and compatible relays answer 200 and report the failure in the body. */
function refusalIn(answer: ServiceAnswer): SendResult | null {
  const { status, body } = answer;
  const error = objectIn(body)?.error;
  const isText = !isWebPage(answer) && !body.trimStart().startsWith("{");
  const words = error ? JSON.stringify(error) : isText && /fail(ed|ure)|error/i.test(body) ? body : "";
  if (!words) return null;
  const reason = `Teams refused the message: ${oneLine(words).slice(0, 300)}`;
  const code = Number(/HTTP error (\d{3})/i.exec(words)?.[1] ?? 0);
  return { kind: code === 429 || code >= 500 ? "retry" : "rejected", reason, status, answer: body };
}

/** A workflow's address, or that of a relay. Unencrypted only inside private networks. */
function checkWebhookUrl(text: string, context: z.RefinementCtx): void {
  const refuse = (message: string) => context.addIssue({ code: "custom", message });
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) {
    refuse("Enter the complete webhook URL, starting with https://.");
  } else if (CONNECTOR_HOST.test(url.hostname)) {
    refuse(
      "This is the URL of an Office 365 connector, and Microsoft has disabled those. Create a workflow instead: channel → Workflows → Send webhook alerts to a channel.",
    );
  } else if (url.protocol === "http:" && !isLocalHost(url.hostname)) {
    refuse("Use https:// here.");
  } else if (WORKFLOW_HOST.test(url.hostname) && !url.pathname.includes("/triggers/")) {
    refuse(
      "A workflow's URL contains /triggers/: copy it from the trigger “When a Teams webhook request is received”.",
    );
  } else if (WORKFLOW_HOST.test(url.hostname) && !url.searchParams.get("sig")) {
    refuse("The URL lacks its signature (sig=…). Copy all of it; if it has none, let “Anyone” trigger the flow.");
  }
}
