import { messageOf } from "@/lib/core/errors";
import { isRunError, RunError, type RunErrorKind, systemCode } from "../run-error";
import { placeName, type S3Config, serviceName } from "./s3-config";
import { unreachable } from "./unreachable";

interface Explanation {
  sentence(config: S3Config): string;
  advice: string;
}

const NOT_NOW: Explanation = {
  sentence: (config) => `${serviceName(config)} takes no more requests at the moment.`,
  advice: "Try again later, or run fewer jobs at the same time.",
};
const WRONG_KEY: Explanation = {
  sentence: (config) => `${serviceName(config)} does not know the access key ID.`,
  advice: "Check the access key ID: it may have been deleted, or belong to another service.",
};
const WRONG_SECRET: Explanation = {
  sentence: (config) => `${serviceName(config)} does not accept the secret access key.`,
  advice: "Enter the secret that belongs to this access key ID.",
};
const WRONG_REGION: Explanation = {
  sentence: (config) => `The bucket ${config.bucket} is not in the region ${config.region}, or not at this endpoint.`,
  advice: "Enter the region of the bucket, and its endpoint where the service has several.",
};
const DENIED: Explanation = {
  sentence: (config) => `The access key may not do this in ${placeName(config)}.`,
  advice:
    "It needs the rights to list the bucket, and to get, put and delete objects below the prefix, and to list and abort multipart uploads.",
};
const FULL: Explanation = {
  sentence: (config) => `${placeName(config)} is full.`,
  advice: "Free some space there, or keep fewer backups.",
};

/** The service's own words for what went wrong: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
const BY_CODE: Readonly<Record<string, Explanation>> = {
  NoSuchBucket: {
    sentence: (config) => `There is no bucket ${config.bucket} on ${serviceName(config)}.`,
    advice: "Make it there, or check its name and the endpoint.",
  },
  InvalidAccessKeyId: WRONG_KEY,
  SignatureDoesNotMatch: WRONG_SECRET,
  AccessDenied: DENIED,
  AllAccessDisabled: DENIED,
  AccountProblem: DENIED,
  RequestTimeTooSkewed: {
    sentence: (config) =>
      `The clock of this machine and that of ${serviceName(config)} differ by more than the service allows.`,
    advice: "Set the clock of this machine, best by a time service.",
  },
  PermanentRedirect: WRONG_REGION,
  AuthorizationHeaderMalformed: WRONG_REGION,
  IllegalLocationConstraintException: WRONG_REGION,
  SlowDown: NOT_NOW,
  ServiceUnavailable: NOT_NOW,
  TooManyRequests: NOT_NOW,
  TooManyRequestsException: NOT_NOW,
  RequestLimitExceeded: NOT_NOW,
  QuotaExceeded: FULL,
  XMinioStorageFull: FULL,
  XMinioAdminBucketQuotaExceeded: FULL,
  InsufficientStorage: FULL,
  NotImplemented: {
    sentence: (config) => `${serviceName(config)} does not know this kind of request.`,
    advice: "Switch “Checksums in requests” off under Advanced, and try again.",
  },
};

const BY_STATUS: Readonly<Record<number, Explanation>> = {
  301: WRONG_REGION,
  403: DENIED,
  429: NOT_NOW,
  503: NOT_NOW,
  507: FULL,
};

/**
 * Anything that the library throws, as a RunError.
 * @param what begins the sentence when the service has no word of its own for it: `The backup shop/one.dump`
 */
export function s3Error(error: unknown, config: S3Config, what: string, kind: RunErrorKind = "failed"): RunError {
  if (isRunError(error)) return error;
  const options = { kind, cause: error };
  const known = BY_CODE[codeOf(error)] ?? BY_STATUS[statusOf(error) ?? 0];
  if (known) return new RunError(known.sentence(config), { ...options, advice: known.advice });
  const server = serviceName(config);
  const connection = unreachable(error, server) ?? unreachable((error as { cause?: unknown } | null)?.cause, server);
  if (connection) return new RunError(connection.sentence, { ...options, advice: connection.advice });
  if (isTimeout(error)) {
    return new RunError(`${server} does not answer.`, { ...options, advice: "Is it running, and connected?" });
  }
  if (isMissing(error)) return new RunError(`${what} does not exist in ${placeName(config)}.`, options);
  const tls = tlsSentence(error, server);
  if (tls) return new RunError(tls, { ...options, advice: "Name a file with its authority in BELFRY_CA_FILE." });
  if (isForeignAnswer(error)) return foreignAnswer(config, options);
  return new RunError(`${what} in ${placeName(config)} failed. The service says: ${wordsOf(error)}`, options);
}

/** What answers there takes requests, and is no S3 service: a sign-in page, a web console. */
export function foreignAnswer(config: S3Config, options: { kind?: RunErrorKind; cause?: unknown } = {}): RunError {
  return new RunError(`${serviceName(config)} does not answer as an S3 service does.`, {
    ...options,
    advice: "Check the endpoint: it is the address of the S3 API, not of the web console.",
  });
}

/** True when the object, or the upload, does not exist; a missing bucket is something else. */
export function isMissing(error: unknown): boolean {
  return ["NoSuchKey", "NotFound", "NoSuchUpload"].includes(codeOf(error));
}

/** True when the service does not know the request, as simpler ones do not know all. */
export function isUnsupported(error: unknown): boolean {
  return codeOf(error) === "NotImplemented" || statusOf(error) === 501 || statusOf(error) === 405;
}

function codeOf(error: unknown): string {
  const { name, Code } = (error ?? {}) as { name?: unknown; Code?: unknown };
  return typeof Code === "string" ? Code : typeof name === "string" ? name : "";
}

function statusOf(error: unknown): number | null {
  const { $metadata } = (error ?? {}) as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode ?? null;
}

function isTimeout(error: unknown): boolean {
  return codeOf(error) === "TimeoutError";
}

/** The library could not read the answer, or the answer has no code of the service. */
function isForeignAnswer(error: unknown): boolean {
  const status = statusOf(error);
  const isOfService = (error as { $fault?: unknown } | null)?.$fault !== undefined && codeOf(error) !== "Unknown";
  return (status !== null && !isOfService && codeOf(error) !== "Error") || /deserialization/i.test(messageOf(error));
}

const TLS_CODES = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_HAS_EXPIRED",
  "ERR_TLS_CERT_ALTNAME_INVALID",
]);

function tlsSentence(error: unknown, server: string): string | null {
  return TLS_CODES.has(systemCode(error)) ? `The certificate of ${server} is not trusted: ${messageOf(error)}.` : null;
}

/** One line, and not a whole page that stands in for an answer. */
function wordsOf(error: unknown): string {
  const [line = ""] = messageOf(error).split("\n", 1);
  return line.slice(0, 300);
}
