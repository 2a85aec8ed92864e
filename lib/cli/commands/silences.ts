import { CONDITION_FIELDS, type MatchCondition } from "@/lib/core/matching";
import { listAll } from "../all";
import type { Command } from "../command";
import { formatTable } from "../table";
import { endOption } from "../time-options";

export const silenceCommands: Command[] = [
  {
    name: ["silence", "list"],
    usage: "[--ended]",
    summary: "List silences that are on or scheduled",
    options: { ended: { type: "boolean" } },
    async run({ flags }, { call }) {
      const silences = await listAll((page) => call("silences.list", { ...page, ended: flags.ended === true }));
      const rows = silences.map((one) => [
        one.id,
        one.state,
        one.effect,
        String(one.held),
        one.onUntil ?? one.nextAt ?? one.endsAt,
        one.conditions.map(({ field, value }) => `${field}=${value}`).join(" ") || "everything",
        one.reason,
      ]);
      const heads = ["ID", "STATE", "EFFECT", "HELD", "UNTIL", "WHAT", "REASON"];
      return { json: silences, text: formatTable(heads, rows) };
    },
  },
  {
    name: ["silence", "create"],
    usage:
      "REASON [--for 8h | --until TIME] [--job NAME] [--event TYPE] [--channel NAME] [--label KEY:VALUE] [--severity LEVEL] [--name NAME] [--drop]",
    summary: "Silence what all conditions match, or everything; without an end until it is ended",
    positionals: 1,
    options: {
      for: { type: "string" },
      until: { type: "string" },
      drop: { type: "boolean" },
      job: { type: "string" },
      event: { type: "string" },
      channel: { type: "string" },
      severity: { type: "string" },
      label: { type: "string" },
      name: { type: "string" },
    },
    async run({ positionals: [reason = ""], flags }, { call }) {
      const conditions = CONDITION_FIELDS.flatMap((field): MatchCondition[] => {
        const value = flags[field];
        if (typeof value !== "string") return [];
        return [{ field, op: value.includes("*") ? "matches" : "is", value }];
      });
      const endsAt = endOption(flags, Date.now());
      const silence = await call("silences.create", {
        reason,
        conditions,
        endsAt,
        effect: flags.drop === true ? "drop" : "hold",
      });
      const until = endsAt === null ? "until it is ended" : `until ${endsAt}`;
      return { json: silence, text: `The silence ${silence.id} is on ${until}.` };
    },
  },
  {
    name: ["silence", "end"],
    usage: "ID",
    summary: "End a silence; what it held is sent",
    positionals: 1,
    async run({ positionals: [id = ""] }, { call }) {
      const silence = await call("silences.update", { id, endsAt: new Date().toISOString() });
      return { json: silence, text: `The silence ${id} has ended.` };
    },
  },
  {
    name: ["silence", "delete"],
    usage: "ID",
    summary: "Remove a silence; what it held is sent",
    positionals: 1,
    async run({ positionals: [id = ""] }, { call }) {
      const removed = await call("silences.delete", { id });
      return { json: removed, text: `The silence ${id} is removed.` };
    },
  },
];
