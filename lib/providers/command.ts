import { z } from "zod";
import { PROGRAM_NAME } from "@/lib/core/hook";
import type { Notification } from "@/lib/core/notification";
import { defineProvider, field, type RenderContext, type SendResult } from "./contract";
import type { CommandResult } from "./kit/commands/commands";
import { WINDOW } from "./kit/icon";
import { cutLog } from "./kit/log-cut";
import { linkOf, messagePieces, titlePieces } from "./kit/message-text";
import { standardPayload } from "./kit/standard-payload";
import { clean, cutTo, measure, oneLine } from "./kit/text";

/** A variable holds 128 kB on Linux (MAX_ARG_STRLEN), all of them together about 2 MB; these leave room. */
const limits = {
  title: { max: 1000, unit: "codepoints" },
  message: { max: 100_000, unit: "bytes" },
  variable: { max: 100_000, unit: "bytes" },
} as const;

/** "Temporary failure, the user is invited to retry": EX_TEMPFAIL of sysexits.h. */
const TRY_AGAIN = 75;
const WORDS_MAX = 300;

interface Payload {
  variables: Record<string, string>;
  stdin: string;
}

const OFF = "Commands are disabled on this server: its operator names a list of them in BELFRY_COMMANDS_FILE.";

/** A program from the operator's list, with the notification in its environment and on standard input. */
export const command = defineProvider({
  id: "command",
  label: "Command",
  tagline: "Runs a local program",
  aliases: ["script", "shell", "hook", "program"],
  icon: { path: `${WINDOW}M5 7.5v2.3l3.4 2.2L5 14.2v2.3l6-3.5v-2zM12.5 15v2h6.5v-2z` },
  docsUrl: "https://torsion.org/borgmatic/docs/how-to/monitor-your-backups/",
  purpose: "message",
  namesPeople: true,
  transport: "command",
  limits,
  messageOptions: { priority: true, tags: true },
  concurrency: 4,
  foldAbove: null,
  config: () =>
    z.object({
      name: field(
        z
          .string()
          .trim()
          .min(1, "Enter the name of a command.")
          .regex(PROGRAM_NAME, "A name has letters, digits, dots, hyphens and underscores."),
        {
          label: "Command",
          help: "A name from the list of this server's operator",
          placeholder: "page-the-night-shift",
        },
      ),
    }),
  example: { name: "page-the-night-shift" },

  needsValues: () => true,

  async inspect({ name }, { commands }) {
    const problem = commands ? await commands.problem() : OFF;
    if (problem) return { field: "name", message: problem };
    const names = (await commands?.names()) ?? [];
    if (names.includes(name)) return null;
    return { field: "name", message: `This server's list has no “${name}”. It has: ${names.sort().join(", ")}.` };
  },

  notice: async ({ commands }) => (commands ? await commands.problem() : OFF),

  render(notification, _config, context): Payload {
    const title = cutTo(titlePieces(notification, context), limits.title);
    const message = cutTo(messagePieces(notification, context), limits.message);
    return {
      variables: variablesOf(notification, context, title, message),
      stdin: `${JSON.stringify(standardPayload(notification, context, title, message))}\n`,
    };
  },

  async send({ variables, stdin }, { name }, io) {
    if (!io.commands) return { kind: "rejected", reason: OFF };
    return commandResult(await io.commands.run(name, { variables, stdin }), name);
  },

  parts: ({ variables }) => ({
    title: [variables.BELFRY_TITLE ?? ""],
    message: [variables.BELFRY_MESSAGE ?? ""],
    variable: Object.values(variables),
  }),

  preview: ({ variables, stdin }, { name }) => ({
    kind: "request",
    title: name,
    body: stdin,
    facts: Object.entries(variables)
      .filter(([, value]) => value)
      .map(([label, value]) => ({ label, value: cutTo(oneLine(value), { max: 200, unit: "codepoints" }) })),
  }),

  advise({ reason }) {
    if (/cannot be started/.test(reason))
      return "The operator of the server should start the program manually, as the user that Belfry runs as.";
    if (/did not end within/.test(reason))
      return "The program must end by itself. Its time limit is timeoutSeconds in the list of commands, 300 at most.";
    return undefined;
  },
});

/** Names and meanings are stable: docs/channels/command.md. The first four are those of borgmatic's error hooks. */
function variablesOf(
  notification: Notification,
  context: RenderContext,
  title: string,
  message: string,
): Record<string, string> {
  const values = context.values ?? context.own?.values ?? {};
  const value = (group: string, name: string) => {
    const inside = values[group];
    return textOf(typeof inside === "object" && inside !== null ? inside[name] : undefined);
  };
  const repository = value("destination", "names");
  const error = textOf(values.error);
  const output = cutLog(context.log ?? value("log", "tail"), limits.variable);
  return {
    configuration_filename: "",
    repository,
    error,
    output,
    BELFRY_REPOSITORY: repository,
    BELFRY_ERROR: error,
    BELFRY_OUTPUT: output,
    BELFRY_EVENT: notification.type,
    BELFRY_EVENT_NAME: cutTo(oneLine(notification.typeName), limits.title),
    BELFRY_EVENT_ID: context.eventId,
    BELFRY_TITLE: title,
    BELFRY_MESSAGE: message,
    BELFRY_TONE: notification.tone,
    BELFRY_SEVERITY: notification.severity,
    BELFRY_STATUS: notification.status ?? "",
    BELFRY_TEST: notification.isTest ? "true" : "false",
    BELFRY_TIME: new Date(notification.at).toISOString(),
    BELFRY_JOB: value("job", "name"),
    BELFRY_JOB_ID: value("job", "id"),
    BELFRY_JOB_SLUG: value("job", "slug"),
    BELFRY_RUN_ID: value("run", "id"),
    BELFRY_RUN_STATE: value("run", "status"),
    BELFRY_ALERT_ID: notification.alertId ?? "",
    BELFRY_DELIVERY_ID: context.deliveryId,
    BELFRY_LINK: linkOf(notification)?.url ?? "",
    BELFRY_PRIORITY: context.priority ?? "",
    BELFRY_TAGS: textOf((context.tags ?? []).map(oneLine).join(",")),
    BELFRY_URL: context.installation.url ?? "",
  };
}

function textOf(value: unknown): string {
  if (typeof value !== "string" && typeof value !== "number") return "";
  return cutTo(clean(String(value)), limits.variable);
}

function commandResult(answer: CommandResult, name: string): SendResult {
  if (answer.kind === "failed") return { kind: answer.isRefused ? "rejected" : "retry", reason: answer.reason };
  const { exitCode, stdout, stderr } = answer;
  const all = [stdout, stderr].map((text) => clean(text).trim()).filter(Boolean);
  const said = all.length > 0 ? { answer: all.join("\n") } : {};
  if (exitCode === 0) return { kind: "sent", ...said };
  const words = endOf(all.at(-1) ?? "");
  const reason = `${name} ended with exit code ${exitCode}${words ? `: ${words}` : ", without any output."}`;
  return { kind: exitCode === TRY_AGAIN ? "retry" : "rejected", reason, ...said };
}

/** A program's last output explains best what went wrong. */
function endOf(text: string): string {
  const line = oneLine(text);
  const length = measure(line, "codepoints");
  return length > WORDS_MAX ? `…${[...line].slice(length - WORDS_MAX + 1).join("")}` : line;
}
