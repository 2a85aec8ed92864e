import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";

/** Larger than any value that belongs into a variable. */
const VALUE_BYTES = 64 * 1024;
const CERTIFICATES_BYTES = 4 * 1024 * 1024;

/**
 * Reads variables that name a file: `BELFRY_SECRET_KEY_FILE=/run/secrets/key` is `BELFRY_SECRET_KEY` with the file's
 * content, without the line's end at its end.
 * @param names the variables that exist
 * @param given the environment; not changed
 * @returns the values that the files hold, and a sentence per file that cannot be used
 */
export function readValueFiles(
  names: readonly string[],
  given: Readonly<Record<string, string | undefined>>,
): { values: Record<string, string>; problems: string[] } {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of names) {
    const path = given[`${name}_FILE`];
    if (!path) continue;
    if (given[name]) problems.push(`${name} and ${name}_FILE are both set: leave one of them out.`);
    else {
      const read = readText(path, `${name}_FILE`, VALUE_BYTES);
      if ("problem" in read) problems.push(read.problem);
      else {
        const value = read.text.replace(/\r?\n$/, "");
        if (value.trim() === "") problems.push(`The file that ${name}_FILE names is empty: ${path}`);
        else values[name] = value;
      }
    }
  }
  return { values, problems };
}

/**
 * The certificates in a PEM file.
 * @param variable names the file in sentences
 */
export function readCertificates(path: string, variable: string): { certificates: string[] } | { problem: string } {
  const read = readText(path, variable, CERTIFICATES_BYTES);
  if ("problem" in read) return read;
  const certificates = read.text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  if (certificates.length === 0)
    return { problem: `The file that ${variable} names holds no certificate in PEM form: ${path}` };
  const broken = certificates.findIndex((one) => !isCertificate(one));
  return broken === -1
    ? { certificates: [...certificates] }
    : { problem: `Certificate ${broken + 1} in the file that ${variable} names cannot be read: ${path}` };
}

/**
 * A server's certificate, with its chain, and its private key, in one PEM file.
 * @param variable names the file in sentences
 */
export function readCertificateWithKey(path: string, variable: string): { pem: string } | { problem: string } {
  const read = readText(path, variable, VALUE_BYTES);
  if ("problem" in read) return read;
  try {
    const isPair = new X509Certificate(read.text).checkPrivateKey(createPrivateKey(read.text));
    return isPair
      ? { pem: read.text }
      : { problem: `The key in the file that ${variable} names is not that of its first certificate: ${path}` };
  } catch {
    return { problem: `The file that ${variable} names must hold a certificate and its key, in PEM form: ${path}` };
  }
}

function isCertificate(text: string): boolean {
  try {
    return Boolean(new X509Certificate(text));
  } catch {
    return false;
  }
}

/** A pipe or a device would hold up the start for ever. */
function readText(path: string, variable: string, most: number): { text: string } | { problem: string } {
  try {
    const facts = statSync(path);
    if (!facts.isFile()) return { problem: `${variable} must name a file: ${path}` };
    if (facts.size > most) return { problem: `The file that ${variable} names is too large: ${path}` };
    return { text: readFileSync(path, "utf8").replace(/^\uFEFF/, "") };
  } catch (error) {
    return {
      problem: `The file that ${variable} names cannot be read: ${reasonOf(error as NodeJS.ErrnoException, path)}`,
    };
  }
}

function reasonOf({ code, message }: NodeJS.ErrnoException, path: string): string {
  if (code === "ENOENT" || code === "ENOTDIR") return `there is no ${path}`;
  if (code === "EACCES") return `the user that Belfry runs as may not read ${path}`;
  return `${path}: ${code ?? message}`;
}
