import { pluralize } from "@/lib/core/format-units";
import type { RecoveredView } from "@/lib/services/channels/recover";
import type { ChannelView } from "@/lib/services/channels/view";
import { listAll } from "../all";
import { type Command, requireOption, textOption, UsageError } from "../command";
import { findChannelId } from "../find-channel";
import { formatTable } from "../table";
import { parseSince } from "../time-options";

const WAYS = ["each", "summary", "open"] as const;

export const channelCommands: Command[] = [
  {
    name: ["channels", "list"],
    usage: "",
    summary: "List the channels and how they do",
    async run(_, { call }) {
      const channels = await listAll((page) => call("channels.list", page));
      const rows = channels.map((one) => [
        one.id,
        one.name,
        one.providerLabel,
        one.enabled ? "on" : "off",
        healthText(one),
      ]);
      return { json: channels, text: formatTable(["ID", "NAME", "SERVICE", "", "HEALTH"], rows) };
    },
  },
  {
    name: ["channels", "test"],
    usage: "ID|NAME",
    summary: "Send a Test through a channel, on the path of real notifications; exits with 1 when it is not taken",
    positionals: 1,
    async run({ positionals: [which = ""] }, { call }) {
      const sent = await call("channels.test", { id: await findChannelId(which, call) });
      return { json: sent, text: "The Test was sent." };
    },
  },
  {
    name: ["channels", "recover"],
    usage: "ID|NAME --since TIME|30m|12h|7d --as each|summary|open [--include-canceled] [--dry-run]",
    summary: "Send again what a channel has lost since a time",
    positionals: 1,
    options: {
      since: { type: "string" },
      as: { type: "string" },
      "include-canceled": { type: "boolean" },
      "dry-run": { type: "boolean" },
    },
    async run({ flags, positionals: [which = ""] }, { call }) {
      const way = requireOption(flags, "as");
      const as = WAYS.find((one) => one === way);
      if (!as) throw new UsageError(`--as ${way}: choose each, summary or open.`);
      requireOption(flags, "since");
      const input = {
        id: await findChannelId(which, call),
        since: parseSince(textOption(flags, "since") ?? "", Date.now()),
        as,
        includeCanceled: flags["include-canceled"] === true,
        dryRun: flags["dry-run"] === true,
      };
      const result = await call("channels.recover", input);
      return { json: result, text: recoveredText(result) };
    },
  },
];

function healthText({ health }: ChannelView): string {
  return health.failingSince === null ? health.state : "failing";
}

function recoveredText({ count, messages, left, open, dryRun, byReason }: RecoveredView): string {
  const verb = dryRun ? "would be sent again" : count === 1 ? "is sent again" : "are sent again";
  const carried = messages === count ? "" : ` in ${pluralize(messages, "message")}`;
  const lines = [
    count === 0
      ? "Nothing is lost that could be sent again."
      : `${pluralize(count, "notification")} ${verb}${carried}.`,
    ...(open > 0 ? [`${pluralize(open, "alert")} among them still open.`] : []),
    ...(left > 0 ? [`${left} more are left: call it again.`] : []),
  ];
  const rows = byReason.map((one) => [String(one.count), one.status, one.reason]);
  return [...lines, ...(rows.length > 0 ? [formatTable(["COUNT", "STATUS", "REASON"], rows)] : [])].join("\n");
}
