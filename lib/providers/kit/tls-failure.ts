/** What is known around a failure, for its words. */
export interface FailureContext {
  /** How long a connection was waited for, milliseconds. */
  timeoutMs: number;
  /** What should listen there: `mail server`; nothing names it by default. */
  service?: string;
  /** The form has fields for certificates under Advanced. */
  hasCertificateFields?: boolean;
  /** What to look at when nothing better is known. */
  hint?: string | undefined;
  /** Of the address, for a connection that is closed without a word. */
  scheme?: "http" | "https";
}

interface TlsWords {
  reason: string;
  advice?: string | undefined;
}

interface TlsCase {
  /** By Node's code, or by OpenSSL's words where a library replaced the code. */
  when: RegExp;
  explain(where: string, context: FailureContext, error: Error): TlsWords;
}

/**
 * The words for an error of TLS; null for any other error. Certificates by Node's codes (X509_V_ERR_…,
 * https://nodejs.org/api/tls.html#x509-certificate-error-codes), the protocol by OpenSSL's reasons.
 */
export function explainTlsFailure(error: Error, code: string, where: string, context: FailureContext): TlsWords | null {
  const said = `${code} ${error.message} ${error.cause instanceof Error ? error.cause.message : ""}`;
  const found = CASES.find(({ when }) => when.test(said));
  if (found) return found.explain(where, context, error);
  if (!/SSL routines|^ERR_SSL|^ERR_TLS|EPROTO|^ETLS/.test(said)) return null;
  const words = /SSL routines:[^:]*:([^:]+)/.exec(said)?.[1] ?? error.message;
  return {
    reason: `No encrypted connection to ${where}: ${words}.`,
    advice: "Client and server could not agree on TLS. Look into the server's log, and check the port.",
  };
}

const CASES: TlsCase[] = [
  {
    when: /DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|self-signed certificate/i,
    explain: (where, context) => ({
      reason: `The certificate of ${where} is self-signed, or comes from an authority that this machine does not know.`,
      advice: trustAdvice(context),
    }),
  },
  {
    when: /UNABLE_TO_(VERIFY|GET_ISSUER|GET_CERT)|CERT_UNTRUSTED|INVALID_CA|unable to (verify the first|get (local )?issuer) certificate/i,
    explain: (where, context) => ({
      reason: `The certificate of ${where} comes from an authority that this machine does not know, or the server leaves out a certificate in between.`,
      advice: `${trustAdvice(context)} A public server must send its whole chain of certificates.`,
    }),
  },
  {
    when: /CERT_HAS_EXPIRED|certificate has expired/i,
    explain: (where) => ({
      reason: `The certificate of ${where} has expired.`,
      advice: "Renew it on the server. If it is valid, check this machine's clock.",
    }),
  },
  {
    when: /CERT_NOT_YET_VALID|certificate is not yet valid/i,
    explain: (where) => ({
      reason: `The certificate of ${where} is not valid yet.`,
      advice: "Check the clocks of this machine and of the server.",
    }),
  },
  {
    when: /CERT_REVOKED|certificate revoked/i,
    explain: (where) => ({ reason: `The certificate of ${where} is revoked.`, advice: "Renew it on the server." }),
  },
  {
    when: /ERR_TLS_CERT_ALTNAME_INVALID|does not match certificate's altnames/i,
    explain: (where, _, error) => ({
      reason: `The certificate of ${where} is for another name${namesIn(error)}.`,
      advice: "Enter a host name that the certificate contains, or have the certificate made for this name.",
    }),
  },
  {
    when: /wrong[ _]version[ _]number|packet[ _]length[ _]too[ _]long|http[ _]request|unknown[ _]protocol|BAD_RECORD_TYPE/i,
    explain: (where, { service }) => ({
      reason: `${where} does not speak TLS from the start of the connection.`,
      advice: service
        ? undefined
        : "The port takes unencrypted connections: use http:// in the address, or the port for https.",
    }),
  },
  {
    when: /unsupported[ _]protocol|alert[ _]protocol[ _]version|VERSION_TOO_LOW|inappropriate[ _]fallback/i,
    explain: (where) => ({
      reason: `${where} speaks only TLS 1.1 or older, which is not secure any more.`,
      advice: "Switch TLS 1.2 or 1.3 on at the server, or put a proxy that has it in front.",
    }),
  },
  {
    when: /certificate[ _]required|alert[ _]bad[ _]certificate|alert[ _]unknown[ _]ca|alert[ _]certificate[ _](unknown|expired|revoked)|alert[ _]unsupported[ _]certificate|alert[ _]access[ _]denied/i,
    explain: (where, context) => ({
      reason: `${where} asks for a client certificate that it accepts.`,
      advice: context.hasCertificateFields
        ? "Enter client certificate and key under Advanced, from an authority that the server trusts."
        : "Belfry has no client certificate for this connection.",
    }),
  },
  {
    when: /handshake[ _]failure|no[ _]shared[ _]cipher|no[ _]ciphers|dh[ _]key[ _]too[ _]small|unsafe[ _]legacy[ _]renegotiation/i,
    explain: (where, context) => ({
      reason: `${where} ended the TLS handshake: it has no cipher in common with Belfry, or asks for a client certificate.`,
      advice: context.hasCertificateFields
        ? "Allow current ciphers at the server, or enter client certificate and key under Advanced."
        : "Allow current ciphers (ECDHE with AES-GCM) at the server.",
    }),
  },
  {
    when: /unrecognized[ _]name/i,
    explain: (where) => ({
      reason: `${where} has no certificate for this name.`,
      advice: "Check the host name, or set the name up at the server.",
    }),
  },
  {
    when: /key[ _]values[ _]mismatch|PEM[ _](lib|routines)|no[ _]start[ _]line|bad[ _]decrypt|ERR_OSSL/i,
    explain: (where) => ({
      reason: `The certificates for ${where} cannot be used: they are no PEM text, or the key belongs to another certificate.`,
      advice: "Enter certificate and key again, each from its line BEGIN to its line END.",
    }),
  },
];

function trustAdvice({ hasCertificateFields }: FailureContext): string {
  const everywhere = "name its file in BELFRY_CA_FILE";
  return hasCertificateFields
    ? `If the server is yours: enter the authority's certificate (or the self-signed one itself) as CA certificate under Advanced, or ${everywhere}, for all of Belfry.`
    : `If the server is yours: put the authority's certificate (or the self-signed one itself) into a PEM file and ${everywhere}.`;
}

/** The first names of the certificate that Node attaches to the error. */
function namesIn(error: Error): string {
  const certificate = "cert" in error ? (error.cert as { subjectaltname?: string } | undefined) : undefined;
  const names = certificate?.subjectaltname ?? error.message;
  const listed = [...names.matchAll(/(?:DNS|IP Address):([^\s,"]+)/g)].map(([, name]) => name).slice(0, 5);
  return listed.length > 0 ? ` (${listed.join(", ")})` : "";
}
