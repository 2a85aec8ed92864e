import { createPrivateKey, X509Certificate } from "node:crypto";
import { z } from "zod";
import { field } from "@/lib/core/form-field";
import type { ClientTls } from "./trust";

/** A chain with its authorities fits; a bundle of all public ones does not belong here. */
const MOST = 100_000;
const pem = z.string().trim().max(MOST, "At most 100,000 characters.");

/** The certificates of a connection to one's own server: the same fields on every form that has them, under Advanced. */
export const tlsFields = {
  tlsCa: field(pem.superRefine(checkCertificates).optional(), {
    label: "CA certificate",
    loosenedBy: "text",
    help: "PEM of the authority that signed the server's certificate, or the self-signed certificate itself. Trusted for this channel, besides the usual ones",
    placeholder: "-----BEGIN CERTIFICATE-----",
    widget: "textarea",
    advanced: true,
  }),
  tlsCert: field(pem.superRefine(checkCertificates).optional(), {
    label: "Client certificate",
    help: "PEM, for a server that asks for one; followed by the certificates between it and its authority",
    placeholder: "-----BEGIN CERTIFICATE-----",
    widget: "textarea",
    advanced: true,
  }),
  tlsKey: field(pem.optional(), {
    label: "Client key",
    help: "PEM, without a passphrase; belongs to the client certificate",
    placeholder: "-----BEGIN PRIVATE KEY-----",
    widget: "textarea",
    secret: true,
    sentTo: { nobody: "It proves who Belfry is, and stays here." },
    advanced: true,
  }),
};

type TlsFields = z.output<z.ZodObject<typeof tlsFields>>;

/** Refines a form with these fields: certificate and key belong together. */
export function checkTlsPair({ tlsCert, tlsKey }: Partial<TlsFields>, context: z.RefinementCtx): void {
  const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
  if (tlsCert && !tlsKey) refuse("tlsKey", "Enter the key that belongs to the client certificate.");
  if (!tlsCert && tlsKey) refuse("tlsCert", "Enter the client certificate that belongs to the key.");
  if (!tlsKey) return;
  try {
    const key = createPrivateKey(tlsKey);
    if (tlsCert && !new X509Certificate(tlsCert).checkPrivateKey(key))
      refuse("tlsKey", "This key belongs to another certificate.");
  } catch (error) {
    const isSealed = /passphrase|decrypt|interrupted or cancelled/i.test(String(error));
    refuse(
      "tlsKey",
      isSealed
        ? "The key is protected by a passphrase: enter it without one, as openssl pkey -in key.pem prints it."
        : "Enter the key as PEM text, from its line BEGIN to its line END.",
    );
  }
}

/** A form with the fields added, for kinds whose server may be one's own. */
export function withTlsFields<S extends z.ZodObject>(schema: S): S {
  return schema.safeExtend(tlsFields).superRefine(checkTlsPair) as unknown as S;
}

/** The values of these fields, for a form that has them too. */
export function tlsValuesIn(config: unknown): Record<string, string> {
  const given = (config ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    Object.keys(tlsFields).flatMap((name) => (typeof given[name] === "string" ? [[name, given[name]]] : [])),
  );
}

/** The certificates of a parsed configuration; an empty object when it has none. */
export function tlsIn(config: unknown): ClientTls {
  const { tlsCa, tlsCert, tlsKey } = (config ?? {}) as Partial<TlsFields>;
  return { ...(tlsCa ? { ca: tlsCa } : {}), ...(tlsCert && tlsKey ? { cert: tlsCert, key: tlsKey } : {}) };
}

function checkCertificates(text: string, context: z.RefinementCtx): void {
  if (!text) return;
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  const isReadable = blocks.length > 0 && blocks.every((block) => isCertificate(block));
  if (!isReadable)
    context.addIssue({
      code: "custom",
      message: "Enter certificates as PEM text, each from its line BEGIN CERTIFICATE to its line END CERTIFICATE.",
    });
}

function isCertificate(text: string): boolean {
  try {
    return Boolean(new X509Certificate(text));
  } catch {
    return false;
  }
}
