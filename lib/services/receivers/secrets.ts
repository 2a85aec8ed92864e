import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { JobReceiverRow } from "@/db/stores/job-receivers";
import { mailListenerState, ownMailDomain } from "@/lib/core/mail-listener";
import { type ReceiverSecrets, receiverUrls } from "@/lib/core/receiver-urls";
import { hashToken, newShortToken } from "@/lib/core/token";
import { CONFIG_PURPOSE } from "@/lib/secrets/config";
import { openJson, sealJson } from "@/lib/secrets/seal";

/** What an operator sees of the addresses of an external job. */
export const receiverView = {
  /** For programs that speak to Healthchecks. */
  uuid: z.string().nullable(),
  /** In all other addresses. */
  token: z.string().nullable(),
  /**
   * The address for each service that a program may believe to speak to. Paths where Belfry's own address is not set. `mailTo` is the
   * address for mail, while mail is taken.
   */
  urls: z.record(z.string(), z.string()).nullable(),
  /** A picture of its state, for everybody who has the address. Nobody can report by it. */
  badgeUrl: z.string().nullable(),
};

/** New secrets of an external job, as they are stored. @param uuid that it had elsewhere, in lower case */
export function newJobReceiver(jobId: string, uuid: string = randomUUID()): JobReceiverRow {
  const secrets: ReceiverSecrets = { token: newShortToken(), uuid };
  return {
    jobId,
    tokenHash: hashToken(secrets.token),
    uuidHash: hashToken(secrets.uuid),
    secrets: sealJson(secrets, CONFIG_PURPOSE),
  };
}

/** The secrets of an external job. @param sealed as they are stored */
export function openJobReceiver(sealed: string): ReceiverSecrets {
  return openJson<ReceiverSecrets>(sealed, CONFIG_PURPOSE);
}

/** The addresses of an external job as they are answered; of one without, nulls. @param base Belfry's own address, where it is known */
export function receiverViewOf(row: Pick<JobReceiverRow, "secrets"> | undefined, base = "") {
  if (!row) return { uuid: null, token: null, urls: null, badgeUrl: null };
  const secrets = openJobReceiver(row.secrets);
  const listener = mailListenerState();
  const mail = listener && { mailTo: `${secrets.uuid}@${ownMailDomain(listener, base)}` };
  return { ...secrets, urls: { ...receiverUrls(base, secrets), ...mail }, badgeUrl: badgeUrlOf(base, secrets) };
}

/** The address of the badge of an external job: from the hash of its token, which nothing leads back from. */
export function badgeUrlOf(base: string, { token }: ReceiverSecrets): string {
  const [, ...parts] = /^(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(hashToken(token)) ?? [];
  return `${base.replace(/\/$/, "")}/b/3/${parts.join("-")}.svg`;
}
