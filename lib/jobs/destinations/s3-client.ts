import { Agent } from "node:https";
import { rootCertificates } from "node:tls";
import type { S3Client } from "@aws-sdk/client-s3";
import { peekRuntimeValue } from "@/lib/core/runtime";
import type { S3Config } from "./s3-config";

/** How long a connection may take, and how long one may be silent, milliseconds. */
const CONNECT_MS = 10_000;
const SILENT_MS = 60_000;
/** Tries of one request, also after an answer that asks for patience: the library waits longer each time. */
const TRIES = 4;

/** The library with a client whose requests all end with a signal: theirs, or else the client's. */
export interface S3 {
  commands: typeof import("@aws-sdk/client-s3");
  client: S3Client;
  signal: AbortSignal;
}

/** Loads the library on first use: it is large. No request is sent yet. */
export async function openS3(config: S3Config, signal: AbortSignal): Promise<S3> {
  const commands = await import("@aws-sdk/client-s3");
  signal.throwIfAborted();
  const { endpoint, region, pathStyle, checksums, accessKeyId, secretAccessKey } = config;
  const whenChecked = checksums ? "WHEN_SUPPORTED" : "WHEN_REQUIRED";
  const ca = [...(peekRuntimeValue("authorities") ?? [])];
  const whole = new commands.S3Client({
    ...(endpoint && { endpoint }),
    region,
    forcePathStyle: pathStyle,
    credentials: { accessKeyId, secretAccessKey },
    requestChecksumCalculation: whenChecked,
    responseChecksumValidation: whenChecked,
    maxAttempts: TRIES,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      socketTimeout: SILENT_MS,
      ...(ca.length > 0 && { httpsAgent: new Agent({ keepAlive: true, ca: [...rootCertificates, ...ca] }) }),
    },
    // Nothing of it may reach a log: bodies and headers are there.
    logger: SILENT,
  });
  const send = (command: never, { abortSignal = signal }: { abortSignal?: AbortSignal } = {}) =>
    whole.send(command, { abortSignal });
  return { commands, client: Object.create(whole, { send: { value: send } }) as S3Client, signal };
}

const nothing = () => undefined;
const SILENT = { debug: nothing, info: nothing, warn: nothing, error: nothing, trace: nothing };

/** Does something with a client of its own, and closes its connections. */
export async function withS3<T>(config: S3Config, signal: AbortSignal, work: (s3: S3) => Promise<T>): Promise<T> {
  const s3 = await openS3(config, signal);
  try {
    return await work(s3);
  } finally {
    s3.client.destroy();
  }
}
