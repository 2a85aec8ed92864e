import { messageOf } from "@/lib/core/errors";
import { type Command, requireOption } from "../command";

export const configBackupCommands: Command[] = [
  {
    name: ["config-backup", "create"],
    usage: "--out FILE [--overwrite]",
    summary: "Write Belfry's whole configuration into a file, encrypted with a passphrase that is asked for",
    options: { out: { type: "string" }, overwrite: { type: "boolean" } },
    async run({ flags }, { call, askSecret, assertWritable, writeFile }) {
      const out = requireOption(flags, "out");
      const options = { overwrites: flags.overwrite === true };
      await assertWritable(out, options);
      const created = await call("configBackup.create", { passphrase: await askSecret("Passphrase: ") });
      const bytes = Buffer.from(created.base64, "base64");
      try {
        await writeFile(out, bytes, options);
      } catch (error) {
        await call("configBackup.report", { file: out, error: messageOf(error) });
        throw error;
      }
      await call("configBackup.report", { file: out });
      return { json: { file: out, bytes: bytes.length }, text: `The configuration is in ${out}.` };
    },
  },
  {
    name: ["config-backup", "restore"],
    usage: "FILE",
    summary: "Put a backed-up configuration in place of the present one; the passphrase is asked for",
    positionals: 1,
    async run({ positionals: [path = ""] }, { call, askSecret, readFile }) {
      const file = (await readFile(path)).toString("base64");
      const restored = await call("configBackup.restore", { file, passphrase: await askSecret("Passphrase: ") });
      const paused = restored.isPaused
        ? " It is another installation's: nothing scheduled runs until you decide, with `belfry installation take-over` or `stay-apart`."
        : "";
      return { json: restored, text: `The configuration is restored. Everybody signs in again.${paused}` };
    },
  },
];
