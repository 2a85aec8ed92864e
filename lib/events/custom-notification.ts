import { z } from "zod";
import { defineEvent } from "./define-event";

/** A message that another program sends through the API; title, tone and severity are the caller's. */
export const customNotification = defineEvent({
  type: "custom.notification",
  name: "Notification",
  category: "Custom",
  description: "Another program sends a notification",
  tone: "info",
  severity: "info",
  data: z.object({
    /** The name of the API key. */
    actorName: z.string().optional(),
    /** Digests of the parts of a request with an idempotency key. */
    request: z.record(z.string(), z.string()).optional(),
    fields: z.array(z.object({ label: z.string(), value: z.string(), short: z.boolean().optional() })).optional(),
  }),
  audience: "caller",
  startsEnabled: true,
  repeat: "every",
  // Keys of two callers never meet.
  problem: ({ custom, apiKeyId }) => (custom?.dedupKey ? `custom:${apiKeyId ?? "none"}:${custom.dedupKey}` : null),
  text: ({ custom, data }) => ({
    title: custom?.title ?? "",
    message: custom?.message ?? "",
    fields: data.fields ?? [],
  }),
  sample: () => ({
    subject: { kind: "custom", id: "sample", name: "Nightly import" },
    data: {},
    custom: { title: "Nightly import finished", message: "12,400 rows in 3 min.", tone: "info", severity: "info" },
  }),
});
