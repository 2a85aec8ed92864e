import { z } from "zod";
import { pluralize } from "@/lib/core/format-units";
import { pathField } from "../../config-fields";
import { defineProgramSource, field, type JobIo, type ListedArchives } from "../../contract";
import { quoted } from "../../repositories/access";
import { RunError } from "../../run-error";
import { type BorgmaticActions, borgmaticBackUp } from "./back-up";
import { requireConfigFile } from "./config-file";
import { listEntries } from "./entries";
import { failuresError } from "./messages";
import { runBorgmatic } from "./process";
import { readListedArchives } from "./reported";

const ICON = "M4 3h16v5H4zM6 10h12v11H6zM9.5 13v2h5v-2zM8 5v1.2h8V5z";

interface BorgmaticConfig {
  path: string;
  actions: BorgmaticActions;
  passphrase?: string | undefined;
}

/**
 * A configuration of borgmatic that is installed on this machine. borgmatic knows what it backs up, where to and what it
 * keeps; Belfry starts it, follows it, and says how it went.
 */
export const borgmatic = defineProgramSource({
  id: "borgmatic",
  label: "borgmatic",
  tagline: "Run a configuration file",
  aliases: ["borg", "borgmatic.yaml"],
  icon: { path: ICON },
  config: z.object({
    path: pathField({
      label: "Configuration file",
      placeholder: "/etc/borgmatic/config.yaml",
      help: "Its hooks are commands, so it lies where this server's operator allows it: in /etc/borgmatic or /etc/borgmatic.d, unless BELFRY_BORGMATIC_CONFIGS says otherwise.",
    }),
    actions: field(z.enum(["all", "prune", "create"]).default("all"), {
      label: "Each run",
      optionLabels: {
        all: "Backs up, prunes, compacts and checks",
        prune: "Backs up, prunes and compacts",
        create: "Backs up only",
      },
      help: "What is kept, and how often a check is made, stands in the configuration.",
    }),
    passphrase: field(z.string().max(1_000).optional(), {
      label: "Passphrase",
      secret: true,
      sentTo: ["path"],
      advanced: true,
      help: "Only where the configuration holds none: borgmatic gets it as BORG_PASSPHRASE.",
    }),
  }),
  example: { path: "/etc/borgmatic/config.yaml", actions: "all" },
  tools: ["borgmatic", "borg", "setpriv"],
  packages: { borgmatic: "borgmatic", borg: "borgbackup", setpriv: "util-linux" },
  summary: ({ path }) => path,

  async test(config, io) {
    const { stdout } = await io.tools.run("borgmatic", ["--version"]);
    const listed = await listArchives(config, ["--last", "1"], io);
    return {
      message: `borgmatic ${stdout.trim()} reads ${config.path}: ${pluralize(listed.length, "repository", "repositories")}.`,
      details: listed.map(describeRepository),
    };
  },

  async preflight({ path }) {
    await requireConfigFile(path);
    return { estimatedBytes: null };
  },

  async backUp(config, io) {
    const file = await requireConfigFile(config.path);
    // Says by itself that it is not installed, and which version wrote the log.
    const { stdout } = await io.tools.run("borgmatic", ["--version"]);
    io.log(`borgmatic ${stdout.trim()} with ${config.path}`);
    const { actions, passphrase } = config;
    return await borgmaticBackUp(file, { actions, passphrase }, io);
  },

  archives: (config, io) => listArchives(config, [], io),

  async entries({ path, passphrase }, folder, io) {
    return await listEntries(await requireConfigFile(path), passphrase, folder, io);
  },

  // Into a new folder: borgmatic writes where it is started, over what is there.
  restoreCommand: ({ path }, archive, repository) =>
    `mkdir restored && cd restored && ${quoted(
      ["borgmatic", "--config", path, "extract"].concat(repository ? ["--repository", repository] : [], [
        "--archive",
        archive,
      ]),
    )}`,
});

async function listArchives(
  { path, passphrase }: BorgmaticConfig,
  options: string[],
  io: JobIo,
): Promise<ListedArchives[]> {
  const file = await requireConfigFile(path);
  const { code, stdout, messages } = await runBorgmatic(file, passphrase, ["rlist", "--json", ...options], io);
  if (code !== 0) throw failuresError(messages.lastFailures());
  const listed = readListedArchives(stdout);
  if (listed) return listed;
  throw new RunError("borgmatic lists its archives in a way that Belfry does not know.");
}

function describeRepository({ repository, label, archives: [newest] }: ListedArchives): string {
  const name = label ? `${label} (${repository})` : repository;
  if (!newest) return `${name} holds no archive yet.`;
  const at = new Date(newest.startedAt).toISOString().slice(0, 16).replace("T", " ");
  return `${name}: the last archive is ${newest.name}, of ${at} UTC.`;
}
