import { z } from "zod";
import { AppError } from "@/lib/core/errors";
import { SIGNAL_STATES } from "@/lib/core/signal";
import { webhookMapping } from "@/lib/core/webhook-mapping";
import { keywordState, stateByKeywords } from "@/lib/receivers/keywords";
import { readMapped } from "@/lib/receivers/webhook";
import { defineVerb } from "@/lib/services/verb";
import { externalPlain } from "./fields";

/** What an example would be read as. */
export const webhookReading = z.object({
  /** As it counts, by the mapping and by the keywords. */
  state: z.enum(SIGNAL_STATES),
  message: z.string().nullable(),
  log: z.string().nullable(),
  runKey: z.string().nullable(),
});

/** Reads an example of a webhook's JSON by the mapping and the keywords on the form. */
export const jobsWebhookPreview = defineVerb({
  name: "jobs.webhookPreview",
  permission: "operator",
  changes: false,
  input: z.object({
    mapping: webhookMapping,
    keywords: externalPlain.shape.keywords,
    example: z.string().max(100_000, "At most 100,000 characters."),
  }),
  async run(_, { mapping, keywords, example }): Promise<z.output<typeof webhookReading>> {
    const signal = readMapped(parseExample(example), mapping);
    const { message = null, log = null, runKey = null } = signal;
    const found = keywordState(`${message ?? ""}\n${log ?? ""}`, keywords);
    return { state: stateByKeywords(signal.state, found), message, log, runKey };
  },
});

function parseExample(example: string): unknown {
  try {
    return JSON.parse(example);
  } catch (error) {
    const reason = error instanceof Error ? error.message : "";
    throw new AppError("invalid", "Some fields are invalid.", { fields: { example: `This is not JSON: ${reason}` } });
  }
}
