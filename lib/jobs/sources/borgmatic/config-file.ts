import { readFile, stat } from "node:fs/promises";
import { dirname, extname } from "node:path";
import { peekRuntimeValue } from "@/lib/core/runtime";
import { isMapping, readYaml, type YamlValue } from "@/lib/core/yaml/read-yaml";
import { isWithin, realPath } from "../../real-paths";
import { fileError, startError } from "../../run-error";

/** A configuration that borgmatic may be started with. */
export interface ConfigFile {
  /** Absolute, as it was entered: borgmatic names it so. */
  path: string;
  /** What stands in it and is nobody's to read in a log. */
  secrets: string[];
}

const WRITABLE_BY_OTHERS = 0o022;
const MAX_BYTES = 1024 * 1024;

/**
 * Checks a configuration as it is now: its hooks are command lines, so write access to it decides what Belfry starts. It has
 * to be where the operator of the server allows them, and nobody but root and Belfry's own user may write to it.
 * @throws RunError of kind `cannot_start`
 */
export async function requireConfigFile(path: string): Promise<ConfigFile> {
  const what = `The configuration ${path}`;
  try {
    const real = await realPath(path);
    const root = await allowedRoot(real);
    if (root === null) throw outsideError(path);
    if (!/^\.ya?ml$/i.test(extname(real)))
      throw startError(`${what} is no YAML file.`, "Name the file itself, such as /etc/borgmatic/config.yaml.");
    const file = await stat(real);
    if (!file.isFile()) throw startError(`${what} is no file.`, "Name the file itself, not its folder.");
    if (file.size > MAX_BYTES) throw startError(`${what} is larger than 1 MB.`);
    requireTrusted(path, file);
    for (let folder = dirname(real); isWithin(root, folder); folder = dirname(folder)) {
      requireTrusted(folder, await stat(folder));
      if (folder === root) break;
    }
    return { path, secrets: secretsIn(await readFile(real, "utf8")) };
  } catch (error) {
    throw fileError(error, what, "cannot_start");
  }
}

/** What of the operator's list a file is or lies in, without links; null: it is not allowed. */
async function allowedRoot(real: string): Promise<string | null> {
  for (const entry of allowedConfigs()) {
    const root = await realPath(entry).catch(() => entry);
    if (isWithin(root, real)) return root;
  }
  return null;
}

/** The files and folders that the operator of the server allows. */
export function allowedConfigs(): readonly string[] {
  return peekRuntimeValue("borgmaticConfigs") ?? [];
}

function outsideError(path: string) {
  const allowed = allowedConfigs().join(", ") || "none";
  return startError(
    `Belfry may not start borgmatic with ${path}: a configuration can hold any command, and this server's operator allows those of ${allowed}.`,
    "Put it there, or have the operator name its folder in the environment variable BELFRY_BORGMATIC_CONFIGS.",
  );
}

function requireTrusted(path: string, { uid, mode }: { uid: number; mode: number }): void {
  if (mode & WRITABLE_BY_OTHERS)
    throw startError(`Others can write to ${path}, so it is not trusted.`, `On the server: chmod go-w ${path}`);
  const own = process.getuid?.();
  if (uid !== 0 && own !== undefined && uid !== own)
    throw startError(
      `${path} belongs to another user, so it is not trusted.`,
      "Give it to root or to the user that Belfry runs as.",
    );
}

/** Keys whose values borgmatic uses to sign in somewhere, and addresses that are secrets by themselves. */
const SECRET_KEY = /pass|token|secret|credential|(?:^|_)key$|url|dsn/i;

/** The texts of a configuration that stand at such keys. What is included from other files is not read. */
function secretsIn(text: string): string[] {
  const found = new Set<string>();
  const walk = (value: YamlValue, isSecret: boolean): void => {
    if (typeof value === "string" || typeof value === "number") {
      if (isSecret) found.add(String(value));
    } else if (Array.isArray(value)) for (const one of value) walk(one, isSecret);
    else if (isMapping(value))
      for (const [key, one] of Object.entries(value)) walk(one, isSecret || SECRET_KEY.test(key));
  };
  try {
    walk(readYaml(text), false);
  } catch {
    // borgmatic says what is wrong with it.
  }
  return [...found];
}
