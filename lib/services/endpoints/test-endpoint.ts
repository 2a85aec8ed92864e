import { AppError } from "@/lib/core/errors";
import { type Mounts, requireMounts } from "@/lib/jobs/mounts";
import { probe } from "@/lib/jobs/probe";
import { toRunError } from "@/lib/jobs/run-error";
import { openReferences } from "@/lib/secrets/references";
import type { EndpointKind } from "./kind";

/** What a Test of a source or destination that works answers. */
export interface EndpointTested {
  status: "ok";
  /** What was found, in a sentence. */
  message: string;
  /** What a person should know beside it, a sentence each. */
  details: string[];
}

/**
 * @param saved the endpoint that was saved: what it was mounted on then must be mounted now
 * @throws AppError `unavailable` in the tool's own words, and below them the advice
 */
export async function testEndpoint(
  kind: EndpointKind,
  config: Record<string, unknown>,
  saved?: { name: string; mounts: Mounts | null },
): Promise<EndpointTested> {
  const { config: opened, values } = openReferences(config, kind);
  const secrets = kind.secretFields.flatMap((name) => (typeof opened[name] === "string" ? [opened[name]] : []));
  try {
    if (saved) await requireMounts(saved.name, saved.mounts);
    const { message, details = [] } = await probe([...secrets, ...values], (io) => kind.test(kind.parse(opened), io));
    return { status: "ok", message, details };
  } catch (error) {
    const { message, advice, proposal } = toRunError(error);
    throw new AppError("unavailable", advice ? `${message}\n${advice}` : message, {
      ...(proposal && { proposal: { [`config.${proposal.field}`]: proposal.value } }),
      cause: error,
    });
  }
}
