import { SHOWN_STATUSES } from "@/lib/core/delivery";
import { listAll } from "../all";
import { type Command, numberOption, requireOneOf, textOption } from "../command";
import { findChannelId } from "../find-channel";
import { formatTable } from "../table";

/** Default number of lines in a list. */
const SHOWN = 50;

export const deliveryCommands: Command[] = [
  {
    name: ["deliveries", "list"],
    usage: "[--status STATUS] [--channel ID|NAME] [--limit N]",
    summary: "List the latest notifications that were sent, or are to be",
    options: { status: { type: "string" }, channel: { type: "string" }, limit: { type: "string" } },
    async run({ flags }, { call }) {
      const [status, channel] = ["status", "channel"].map((name) => textOption(flags, name));
      const filters = {
        ...(status !== undefined && { status: requireOneOf(status, SHOWN_STATUSES, "status") }),
        ...(channel !== undefined && { channelId: await findChannelId(channel, call) }),
      };
      const max = numberOption(flags, "limit") ?? SHOWN;
      const deliveries = await listAll((page) => call("deliveries.list", { ...page, ...filters }), max);
      const rows = deliveries.map((one) => [
        one.id,
        one.channelName,
        one.status,
        one.attemptCount,
        one.createdAt,
        one.title,
        one.reason,
      ]);
      const heads = ["ID", "CHANNEL", "STATUS", "ATTEMPTS", "CREATED", "TITLE", "REASON"];
      return { json: deliveries, text: formatTable(heads, rows) };
    },
  },
  {
    name: ["deliveries", "show"],
    usage: "ID",
    summary: "Show a delivery with each attempt and the service's answer",
    positionals: 1,
    async run({ positionals: [id = ""] }, { call }) {
      const delivery = await call("deliveries.get", { id });
      const facts: [string, string | number | null][] = [
        ["channel", delivery.channelName],
        ["status", delivery.status],
        ["title", delivery.title],
        ["why", delivery.routeText],
        ["created", delivery.createdAt],
        ["settled", delivery.settledAt],
        ["reason", delivery.reason],
        ...delivery.attempts.map((one): [string, string] => [
          `attempt ${one.number}`,
          [one.at, one.outcome, one.status, one.error ?? one.answer].filter((part) => part !== null).join(" "),
        ]),
      ];
      return { json: delivery, text: formatTable(["id", delivery.id], facts) };
    },
  },
];
