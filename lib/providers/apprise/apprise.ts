import { z } from "zod";
import { defineProvider, field } from "../contract";
import { footerOf } from "../kit/facts";
import { appriseType } from "../kit/foreign-text";
import { actionsOf, linkOf, titlePieces } from "../kit/message-text";
import { clean, cutTo, measure, oneLine } from "../kit/text";
import { layOut, type Markup, writeLayout } from "../kit/text-layout";
import { apiServerAnswers, appriseApiCall, classifyApiAnswer } from "./api";
import { maskUrl, readAppriseResult, readAppriseTrial } from "./output";
import { parseAppriseUrl, sentByApprise } from "./url";

/** Of the Apprise API server; services behind it cut once more: https://github.com/caronc/apprise-api#api-details */
const limits = {
  title: { max: 250, unit: "codepoints" },
  body: { max: 32_768, unit: "codepoints" },
} as const;

const PLAIN: Markup = {
  encode: (text) => text,
  fact: (name, value) => `${name}: ${value}`,
  log: (text) => text,
};

interface Payload {
  title: string;
  body: string;
  type: "info" | "success" | "warning" | "failure";
}

const MISSING =
  "The apprise command cannot be used on this server. Install it (apt install apprise, or pip install apprise), or enter the address of an Apprise API server.";

/** Any service that an Apprise URL names: through Belfry's own provider where it has one, otherwise through Apprise. */
export const apprise = defineProvider({
  id: "apprise",
  label: "Apprise",
  tagline: "100 more services by URL",
  aliases: ["URL", "push", "MQTT", "Bark", "IFTTT", "syslog"],
  icon: {
    path: "M17 2.5v17L8.5 15.5V22H4.8v-6.7A3.9 3.9 0 0 1 1 11.4v-.8a3.9 3.9 0 0 1 3.9-3.9H8.5zM19 7.7a4 4 0 0 1 0 6.6z",
  },
  docsUrl: "https://github.com/caronc/apprise/wiki",
  purpose: "message",
  namesPeople: true,
  answers: [apiServerAnswers],
  ownServer: true,
  limits,
  // Each send may start a process.
  concurrency: 2,
  foldAbove: 20,
  config: () =>
    z.object({
      url: field(z.string().trim().min(1, "Enter an Apprise URL.").superRefine(checkUrl), {
        label: "Apprise URL",
        help: "One URL. Belfry sends to known services itself; for all others it needs the apprise command, or an Apprise API server",
        placeholder: "ntfys://ntfy.example.org/backups",
        widget: "textarea",
        secret: true,
        sentTo: ["url", "apiServerUrl"],
      }),
      apiServerUrl: field(
        z.union([z.literal(""), z.url({ protocol: /^https?$/, error: "Enter an http or https address." })]).optional(),
        {
          label: "Apprise API server",
          help: "Sends through this server instead of the apprise command; a user and password in it are sent as Basic authentication",
          placeholder: "https://apprise.example.org",
          secret: true,
          sentTo: "itself",
          advanced: true,
        },
      ),
    }),
  example: {
    url: "kodi://belfry:example-password@media.example.org:8080",
    apiServerUrl: "https://apprise.example.org",
  },

  delegatesTo({ url }) {
    const mapping = parseAppriseUrl(url);
    return "provider" in mapping ? mapping : null;
  },

  async inspect({ url, apiServerUrl }, { commands }, refusal) {
    const reason = refusal ?? handedOnBecause(url);
    if (reason === null || apiServerUrl || appriseApiCall({ url })) return null;
    const needed = `${reason} Apprise itself would have to send it.`;
    if (!commands) return { field: "url", message: `${needed} ${MISSING}` };
    const found = await commands.findApprise();
    if (found.kind === "missing") return { field: "url", message: `${needed} ${found.reason}` };
    const words = readAppriseTrial(await commands.tryAppriseUrl(url), url);
    if (words === null) return null;
    const advice = /disabled on this system/.test(words)
      ? "A package that it needs for this service is missing: apprise --details names it."
      : "Complete the URL, or install a newer Apprise.";
    const message = `${reason} Apprise ${found.version}, which is installed here, does not take it either: ${words}. ${advice}`;
    return { field: "url", message };
  },

  async notice({ commands }) {
    const found = await commands?.findApprise();
    if (found?.kind === "found") return null;
    return `Belfry sends to Discord, Slack, mail, ntfy and about forty more by itself. For all other services: ${found?.reason ?? MISSING}`;
  },

  render(notification, _config, context): Payload {
    const title = cutTo(titlePieces(notification, context), limits.title);
    const foot = [
      ...[linkOf(notification) ?? [], actionsOf(notification)]
        .flat()
        .map(({ label, url }) => `${oneLine(label)}: ${url}`),
      cutTo(footerOf(notification, context), { max: 240, unit: "codepoints" }),
    ];
    const room = limits.body.max - foot.reduce((sum, line) => sum + measure(line, "codepoints") + 2, 0);
    const layout = layOut(notification, context, { max: room, unit: "codepoints" }, PLAIN);
    return { title, body: writeLayout(layout, PLAIN, ...foot), type: appriseType(notification) };
  },

  async send(payload, { url, apiServerUrl }, io) {
    const call = appriseApiCall({ url, ...(apiServerUrl ? { apiServerUrl } : {}) });
    if (call) return classifyApiAnswer(await io.http.request(call(payload)), (text) => maskUrl(text, url));
    if (!io.commands) return { kind: "rejected", reason: MISSING };
    return readAppriseResult(await io.commands.runApprise({ url, ...payload }), url);
  },

  parts: ({ title, body }) => ({ title: [title], body: [body] }),

  preview: ({ title, body, type }, { url }) => ({
    kind: "push",
    title,
    text: clean(body),
    facts: [
      { label: "Type", value: type },
      { label: "Sent by", value: sentByApprise(handedOnBecause(url) ?? "Belfry cannot send this itself.", url) },
    ],
  }),

  advise({ status, reason }) {
    if (/unparseable|no valid url/i.test(reason))
      return "The installed Apprise does not know this service, or the URL is incomplete. For its list run apprise --details.";
    if (status === 424)
      return "The Apprise API server accepted the message and the service behind it did not. Its answer is above; the server's log has details.";
    if (status === 404)
      return "This server has no /notify: check the address of the Apprise API server, including its path.";
    return undefined;
  },
});

function checkUrl(text: string, context: z.RefinementCtx): void {
  const mapping = text && parseAppriseUrl(text);
  if (mapping && "problem" in mapping) context.addIssue({ code: "custom", message: mapping.problem });
}

/** Why Belfry does not send a URL itself, as one sentence; null when it does. */
function handedOnBecause(url: string): string | null {
  const mapping = parseAppriseUrl(url);
  return "apprise" in mapping ? mapping.apprise : null;
}
