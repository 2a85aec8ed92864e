import { CLIENT_STATUSES } from "@/lib/core/client";
import { type Labels, parseLabel } from "@/lib/core/label";
import { listAll } from "../all";
import {
  type Command,
  type Flags,
  numberOption,
  requireOneOf,
  requireOption,
  textOption,
  textsOption,
  UsageError,
} from "../command";
import { formatTable } from "../table";

export const clientCommands: Command[] = [
  {
    name: ["clients", "create"],
    usage: "--name NAME [--label KEY:VALUE]… [--offline-after MINUTES] [--intermittent] [--url URL]",
    summary: "Register a client and print the line that installs its agent, this once",
    options: {
      name: { type: "string" },
      label: { type: "string", multiple: true },
      "offline-after": { type: "string" },
      intermittent: { type: "boolean" },
      url: { type: "string" },
    },
    async run({ flags }, { call }) {
      const offlineAfterMinutes = numberOption(flags, "offline-after");
      const created = await call("clients.create", {
        name: requireOption(flags, "name"),
        labels: labelsOf(flags),
        intermittent: flags.intermittent === true,
        ...(offlineAfterMinutes !== undefined && { offlineAfterMinutes }),
        ...originOf(flags),
      });
      return { json: created, text: created.installCommand };
    },
  },
  {
    name: ["clients", "list"],
    usage: "[--status new|online|offline] [--label KEY:VALUE]",
    summary: "List the clients",
    options: { status: { type: "string" }, label: { type: "string" } },
    async run({ flags }, { call }) {
      const [status, label] = ["status", "label"].map((name) => textOption(flags, name));
      const clients = await listAll((page) =>
        call("clients.list", {
          ...page,
          ...(label !== undefined && { label }),
          ...(status !== undefined && { status: requireOneOf(status, CLIENT_STATUSES, "status") }),
        }),
      );
      const rows = clients.map((one) => [
        one.id,
        one.name,
        one.revokedAt ? "revoked" : one.status,
        one.lastSeenAt,
        one.hostname,
        one.version,
      ]);
      return { json: clients, text: formatTable(["ID", "NAME", "STATUS", "LAST SEEN", "HOST", "AGENT"], rows) };
    },
  },
  {
    name: ["clients", "rotate"],
    usage: "ID [--url URL]",
    summary: "Replace the token of a client and print the line that installs it, this once",
    positionals: 1,
    options: { url: { type: "string" } },
    async run({ positionals: [id = ""], flags }, { call }) {
      const rotated = await call("clients.rotate", { id, ...originOf(flags) });
      return { json: rotated, text: rotated.installCommand };
    },
  },
  {
    name: ["clients", "revoke"],
    usage: "ID",
    summary: "Refuse the token of a client from now on",
    positionals: 1,
    async run({ positionals: [id = ""] }, { call }) {
      const client = await call("clients.revoke", { id });
      return { json: client, text: `The token of ${client.name} is revoked.` };
    },
  },
  {
    name: ["clients", "mute"],
    usage: "ID [--end]",
    summary: "Notify nobody of the outages of a client, or again",
    positionals: 1,
    options: { end: { type: "boolean" } },
    async run({ positionals: [id = ""], flags }, { call }) {
      const client = await call("clients.update", { id, muted: flags.end !== true });
      return { json: client, text: `${client.name} is ${client.muted ? "muted" : "not muted any more"}.` };
    },
  },
  {
    name: ["clients", "delete"],
    usage: "ID",
    summary: "Remove a client; its token is refused",
    positionals: 1,
    async run({ positionals: [id = ""] }, { call }) {
      const removed = await call("clients.delete", { id });
      return { json: removed, text: "The client is removed." };
    },
  },
];

/** @throws UsageError */
function labelsOf(flags: Flags): Labels {
  const labels: Labels = {};
  for (const text of textsOption(flags, "label")) {
    const label = parseLabel(text);
    if (!label || label.value === null) throw new UsageError("--label takes key:value.");
    labels[label.key] = label.value;
  }
  return labels;
}

/** The address under which clients reach Belfry, where no `BELFRY_BASE_URL` says it. */
function originOf(flags: Flags): { origin?: string } {
  const origin = textOption(flags, "url");
  return origin === undefined ? {} : { origin };
}
