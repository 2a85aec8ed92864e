import { readFault } from "@/db/faults";
import { findReportedJob } from "@/db/queries/job-receivers";
import { storeSignals } from "@/db/stores/signals";
import { hashToken } from "@/lib/core/token";
import type { ReceiverAddress } from "@/lib/receivers/address";
import type { ReceivedRequest, ReceiverAnswer } from "@/lib/receivers/contract";
import { receiverById } from "@/lib/receivers/registry";
import type { AddressedJob } from "./addressed-job";
import { findBySlug } from "./ping-key";
import { type SignalSender, signalRows } from "./signal-rows";

/**
 * The job that an address names; asked before a body is read.
 * @throws AppError `unavailable` while the database cannot be reached
 */
export async function findAddressed(
  { credential }: Pick<ReceiverAddress, "credential">,
  now: number,
): Promise<AddressedJob | null> {
  try {
    if (credential.kind === "slug") return await findBySlug(credential, now);
    const by =
      credential.kind === "token"
        ? { tokenHash: hashToken(credential.token) }
        : { uuidHash: hashToken(credential.uuid) };
    const job = await findReportedJob(by);
    return job && { job, isNew: false };
  } catch (error) {
    throw readFault(error);
  }
}

/** No preview of a link sends these. */
const COUNTED_ALWAYS: ReadonlySet<string> = new Set(["POST", "PUT", "MAIL"]);
const NOT_FOUND: ReceiverAnswer = { status: 404, body: "not found" };

/**
 * Takes what a program says about a job: stored before this resolves, counted towards a run right after.
 * @returns the answer, as the original service words it
 * @throws AppError `unavailable` while nothing can be stored: nothing was taken then
 */
export async function takeRequest(
  { job, isNew }: AddressedJob,
  receiverId: string,
  request: ReceivedRequest,
  from: Omit<SignalSender, "receiver" | "method">,
): Promise<ReceiverAnswer> {
  const receiver = receiverById(receiverId);
  if (!receiver) return NOT_FOUND;
  const { signals, answer } = receiver.read(job.webhookMapping ? { ...request, mapping: job.webhookMapping } : request);
  const isCounted = job.methods !== "post" || COUNTED_ALWAYS.has(request.method);
  if (signals.length > 0 && isCounted) {
    const sender = { receiver: receiverId, method: request.method, ...from };
    const rows = signalRows(job, signals, sender, request.receivedAt);
    await storeSignals(rows).catch((error) => {
      throw readFault(error);
    });
  }
  return isNew && answer.status === 200 ? { ...answer, status: 201, body: "Created" } : answer;
}
