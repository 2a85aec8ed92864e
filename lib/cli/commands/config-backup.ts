import { type Command, requireOption } from "../command";

export const configBackupCommands: Command[] = [
  {
    name: ["config-backup", "create"],
    usage: "--out FILE",
    summary: "Write Belfry's whole configuration into a file, encrypted with a passphrase that is asked for",
    options: { out: { type: "string" } },
    async run({ flags }, { call, askSecret, writeFile }) {
      const out = requireOption(flags, "out");
      const created = await call("configBackup.create", { passphrase: await askSecret("Passphrase: ") });
      const bytes = Buffer.from(created.base64, "base64");
      await writeFile(out, bytes);
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
      return { json: restored, text: "The configuration is restored. Everybody signs in again." };
    },
  },
];
