import type { Command } from "../command";
import { formatTable } from "../table";

export const installationCommands: Command[] = [
  {
    name: ["installation", "show"],
    usage: "",
    summary: "Show who this installation is, and whether it pauses because it is a copy",
    async run(_, { call }) {
      const shown = await call("installation.get", {});
      const rows = [
        ["place", shown.place],
        ["state", shown.pause ? `Paused. ${shown.pause.message}` : "in charge"],
      ];
      return { json: shown, text: formatTable(["id", shown.id], rows) };
    },
  },
  {
    name: ["installation", "take-over"],
    usage: "",
    summary: "Make a copy the installation from now on: its schedules, retention and notifications go on",
    async run(_, { call }) {
      const taken = await call("installation.takeOver", {});
      return {
        json: taken,
        text: `This is the installation ${taken.id} now. Stop the original, or make sure it is gone.`,
      };
    },
  },
  {
    name: ["installation", "stay-apart"],
    usage: "[--clone]",
    summary:
      "Make a copy an installation of its own: the original's backups are never removed, every job is disabled; --clone where nothing shows that it is a copy",
    options: { clone: { type: "boolean" } },
    async run({ flags }, { call }) {
      const apart = await call("installation.stayApart", { isClone: flags.clone === true });
      return { json: apart, text: `This is an installation of its own now, ${apart.id}. Every job is disabled.` };
    },
  },
];
