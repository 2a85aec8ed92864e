import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { FormTarget, ServiceForForms } from "./service";

const NAME = "write-it-down";

interface Notebook {
  /** What `BELFRY_COMMANDS_FILE` names. */
  listFile: string;
  /** One line of JSON for each message. */
  lines(): string[];
}

let notebook: Notebook | null = null;

/** The list of commands for the program under test, with one command that writes down what it is given. */
export function commandNotebook(): Notebook {
  if (notebook) return notebook;
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-commands-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const [listFile, written] = [path.join(folder, "commands.json"), path.join(folder, "written")];
  const run = ["/bin/sh", "-c", 'cat >> "$NOTEBOOK"'];
  writeFileSync(listFile, JSON.stringify({ [NAME]: { run, variables: { NOTEBOOK: written } } }), { mode: 0o600 });
  writeFileSync(written, "", { mode: 0o600 });
  notebook = { listFile, lines: () => readFileSync(written, "utf8").split("\n").filter(Boolean) };
  return notebook;
}

export const forForms: ServiceForForms<FormTarget> = {
  provider: "command",
  start: async () => ({ url: commandNotebook().listFile, close: async () => undefined }),
  config: () => ({ name: NAME }),
  // No secret: what a command must know stands in the operator's list.
  secretField: "name",
  texts: () => commandNotebook().lines(),
  wrongSecret: "not-on-the-list",
  refusal: `This server's list has no “not-on-the-list”. It has: ${NAME}.`,
};
