import type { Reading, ReceiverAnswer } from "../contract";

/** An answer in plain text. */
export function textReply(body: string, status = 200, headers?: Record<string, string>): ReceiverAnswer {
  return {
    status,
    body,
    ...(body !== "" && { contentType: "text/plain; charset=utf-8" }),
    ...(headers && { headers }),
  };
}

/** An answer in JSON. */
export function jsonReply(value: unknown, status = 200): ReceiverAnswer {
  return { status, body: JSON.stringify(value), contentType: "application/json" };
}

/** A request that says nothing about the job. */
export function refuse(answer: ReceiverAnswer): Reading {
  return { signals: [], answer };
}

/** Refuses methods that a protocol does not use: link previews and scanners must not count as signals. */
export function refuseMethod(allowed: readonly string[]): Reading {
  const methods = allowed.join(", ");
  return refuse(textReply(`This address takes ${methods}.`, 405, { Allow: methods }));
}
