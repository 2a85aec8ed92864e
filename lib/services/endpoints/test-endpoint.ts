import { AppError } from "@/lib/core/errors";
import { probe } from "@/lib/jobs/probe";
import { toRunError } from "@/lib/jobs/run-error";
import type { EndpointKind } from "./kind";

/** What a Test of a source or destination that works answers. */
export interface EndpointTested {
  status: "ok";
  /** What was found, in a sentence. */
  message: string;
}

/** @throws AppError `unavailable` in the tool's own words, and below them the advice */
export async function testEndpoint(kind: EndpointKind, config: Record<string, unknown>): Promise<EndpointTested> {
  const secrets = kind.secretFields.flatMap((name) => (typeof config[name] === "string" ? [config[name]] : []));
  try {
    const { message } = await probe(secrets, (io) => kind.test(kind.parse(config), io));
    return { status: "ok", message };
  } catch (error) {
    const { message, advice } = toRunError(error);
    throw new AppError("unavailable", advice ? `${message}\n${advice}` : message, { cause: error });
  }
}
