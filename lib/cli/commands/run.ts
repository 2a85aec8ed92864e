import { type Command, textOption } from "../command";

export const runCommands: Command[] = [
  {
    name: ["run"],
    usage: "[--url URL] -- COMMAND [ARGUMENTS]",
    summary:
      "Run a command and report its start, end and output to an external job; the job's address may stand in BELFRY_RUN_URL, where no list of processes shows it. Exits as the command does",
    options: { url: { type: "string" } },
    positionals: 1,
    takesWords: true,
    async run({ flags, positionals }, { runReported }) {
      return { exitCode: await runReported(positionals, textOption(flags, "url") ?? null) };
    },
  },
];
