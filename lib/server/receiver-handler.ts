import type { IncomingMessage, ServerResponse } from "node:http";
import { isAppError, messageOf } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { isNearAddress, readAddress } from "@/lib/receivers/address";
import type { ReceiverAnswer } from "@/lib/receivers/contract";
import { mayBeKnown } from "@/lib/services/receivers/known-addresses";
import { findAddressed, takeRequest } from "@/lib/services/receivers/take-request";
import type { HeldBody } from "./held-body";
import type { MissLimit } from "./miss-limit";
import { isUnpackable, packingOf, unpacked } from "./packed-body";
import { receiveBody } from "./receiver-body";

const log = loggerOf("receivers");

/** How long a body may take to arrive, milliseconds. */
const BODY_MS = 30_000;
const RETRY_SECONDS = 5;

/** A request, before anything of it was read. */
interface Incoming {
  request: IncomingMessage;
  response: ServerResponse;
  address: string | null;
  body: HeldBody | null;
  /** What this server counts of unknown addresses. */
  misses: MissLimit;
}

/**
 * Answers a request on an address of a receiver: what backup tools send to the monitoring services that Belfry stands in for. Any
 * method, never a redirect, no cookie, and the body as it came. @returns false for every other address
 */
export function handleReceived(incoming: Incoming): boolean {
  const { request, response } = incoming;
  const address = readAddress(request.url ?? "", (name) => headerOf(request, name));
  if (!address) {
    if (!isNearAddress(request.url ?? "")) return false;
    send(request, response, { status: 404, body: "not found" });
    return true;
  }
  answerReceived(incoming, address)
    .then((answer) => send(request, response, answer))
    .catch((error) => send(request, response, failure(error)));
  return true;
}

async function answerReceived(
  { request, address: caller, body, misses }: Incoming,
  address: NonNullable<ReturnType<typeof readAddress>>,
): Promise<ReceiverAnswer> {
  if (address.refusal) return address.refusal;
  const receivedAt = Date.now();
  const wait = misses.waitOf(caller, receivedAt);
  if (wait > 0 && !(await mayBeKnown(address)))
    return { status: 429, body: "too many unknown addresses", headers: { "retry-after": String(wait) } };
  const found = await findAddressed(address, receivedAt);
  if (!found) {
    misses.count(caller, receivedAt);
    return { status: 404, body: "not found" };
  }
  const packing = packingOf(request);
  if (!isUnpackable(packing)) return NOT_UNPACKED;
  const { bytes, isCut } = body
    ? await receiveBody(unpacked(body.stream(BODY_MS), packing))
    : { bytes: Buffer.alloc(0), isCut: false };
  const { path, query } = address;
  const received = {
    method: request.method ?? "GET",
    path,
    query,
    header: (name: string) => headerOf(request, name),
    receivedAt,
    body: bytes,
    isCut,
  };
  return await takeRequest(found, address.receiver, received, {
    userAgent: headerOf(request, "user-agent") ?? null,
    address: caller,
  });
}

const NOT_UNPACKED: ReceiverAnswer = {
  status: 415,
  body: "compressed in an unknown way: send the body as it is, or as gzip or deflate",
  headers: { "accept-encoding": "gzip, deflate" },
};

function headerOf({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

/** Nothing was stored: the sender is asked to try again. */
function failure(error: unknown): ReceiverAnswer {
  const isExpected = isAppError(error);
  if (!isExpected) log.error("failed to take a report", { error });
  const reason = isExpected ? messageOf(error) : "This is a defect of Belfry; its log names the reason.";
  return { status: 503, body: `not stored: ${reason}`, headers: { "retry-after": String(RETRY_SECONDS) } };
}

function send(request: IncomingMessage, response: ServerResponse, answer: ReceiverAnswer): void {
  if (response.headersSent || response.destroyed) return;
  const { status, body, contentType = "text/plain; charset=utf-8", headers } = answer;
  const isEmpty = status === 204 || request.method === "HEAD";
  response.writeHead(status, {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    ...(status !== 204 && { "content-type": contentType, "content-length": Buffer.byteLength(body) }),
    ...headers,
  });
  response.end(isEmpty ? undefined : body);
}
