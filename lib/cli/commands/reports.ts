import { pluralize } from "@/lib/core/format-units";
import { visibleText } from "@/lib/core/terminal-text";
import type { CommandCall } from "@/lib/services/command-verbs";
import { type Command, type Flags, requireOption } from "../command";
import { findChannelId } from "../find-channel";

const options = { channel: { type: "string" }, weekly: { type: "boolean" } } as const;
const usage = "--channel ID|NAME [--weekly]";

export const reportCommands: Command[] = [
  {
    name: ["report", "preview"],
    usage,
    summary: "Show the report that a channel would get of the last day, or of the last week",
    options,
    async run({ flags }, { call }) {
      const shown = await call("reports.preview", await reportOf(flags, call));
      const { title, message, fields } = shown;
      const facts = fields.map(({ label, value }) =>
        [label, ...value.split("\n").map((line) => `  ${line}`)].join("\n"),
      );
      return { json: shown, text: visibleText([title, message, ...facts].join("\n\n")) };
    },
  },
  {
    name: ["report", "send"],
    usage,
    summary: "Send a channel the report of the last day, or of the last week, now",
    options,
    async run({ flags }, { call }) {
      const sent = await call("reports.send", await reportOf(flags, call));
      const to = sent.recipients > 1 ? ` to ${pluralize(sent.recipients, "recipient")}` : "";
      return { json: sent, text: `The report was sent through ${sent.channelName}${to}.` };
    },
  },
];

async function reportOf(flags: Flags, call: CommandCall) {
  const channelId = await findChannelId(requireOption(flags, "channel"), call);
  return { period: flags.weekly ? ("weekly" as const) : ("daily" as const), channelId };
}
