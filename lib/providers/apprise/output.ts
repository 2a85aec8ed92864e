import type { SendResult } from "../contract";
import type { CommandResult } from "../kit/commands/commands";
import { clean, oneLine } from "../kit/text";
import { readAppriseAddress } from "./forms/address";

/** `2026-11-20 02:10:04,123 - WARNING - Failed to send …`, as `apprise -vv` writes it to standard output. */
const LOG_LINE = /^\d[\d-]* [\d:,]+ - (WARNING|ERROR|CRITICAL) - (.*)$/gm;
const WORDS_MAX = 300;

/**
 * The result of a message sent by the `apprise` command: 0 all sent, 1 something failed, 2 wrong usage,
 * 3 no service given. https://github.com/caronc/apprise/wiki/CLI_Usage
 */
export function readAppriseResult(answer: CommandResult, url: string): SendResult {
  if (answer.kind === "failed") return { kind: answer.isRefused ? "rejected" : "retry", reason: answer.reason };
  const { exitCode, stdout, stderr } = answer;
  const text = maskUrl(clean(`${stdout}\n${stderr}`), url).trim();
  const said = text ? { answer: text } : {};
  if (exitCode === 0) return { kind: "sent", ...said };
  const lines = [...text.matchAll(LOG_LINE)].map(([, , words = ""]) => words);
  const words = oneLine(lines.join(" ") || (text.split("\n").at(-1) ?? "")).slice(0, WORDS_MAX);
  const reason = words ? `apprise: ${words}` : `apprise ended with exit code ${exitCode}, without any output.`;
  return { kind: exitCode === 1 && mayPass(words) ? "retry" : "rejected", reason, ...said };
}

/**
 * Why the `apprise` command takes no such URL, in its own words; null when it does. What it could not be asked says
 * nothing against the URL.
 */
export function readAppriseTrial(answer: CommandResult, url: string): string | null {
  if (answer.kind === "failed" || answer.exitCode === 0) return null;
  const text = maskUrl(clean(answer.stdout), url);
  const [words = ""] = [...text.matchAll(LOG_LINE)].map((line) => line[2] ?? "");
  return oneLine(words).slice(0, WORDS_MAX).replace(/\.$/, "") || `exit code ${answer.exitCode}`;
}

/** A refusal by status, or a URL that Apprise cannot parse, is permanent. */
function mayPass(words: string): boolean {
  if (/unparseable url|could not load|must specify at least one server/i.test(words)) return false;
  const status = Number(/\berror=(\d{3})\b/.exec(words)?.[1] ?? 0);
  return status < 400 || status >= 500 || [408, 425, 429].includes(status);
}

/** Parts of at least this length are treated as secrets. */
const SHORTEST = 6;

/** Masks a URL and each of its parts in a text about it. */
export function maskUrl(text: string, url: string): string {
  const address = readAppriseAddress(url);
  const parts = [url.trim()];
  if (address) {
    const { user, password, host, path, raw, settings } = address;
    // A host with a dot is a server name; one without is a key.
    const place = /[.:]|^localhost$/i.test(host) ? [] : [host];
    const encoded = raw.split(/[/@:]/).filter((part) => part.includes("%"));
    parts.push(password, user, ...place, ...path, ...encoded, ...settings.values());
  }
  const secrets = parts.filter((part) => part.length >= SHORTEST && !/^[\w.-]+\.[a-z]{2,}$/i.test(part));
  return secrets.sort((a, b) => b.length - a.length).reduce((rest, part) => rest.replaceAll(part, "••••"), text);
}
