import { z } from "zod";
import { ofPayload } from "@/lib/auth/access/visibility/conditions";
import { AppError } from "@/lib/core/errors";
import { type EventTestResult, sendNow } from "@/lib/dispatch/send/send-test";
import { reportSent } from "@/lib/events/report-sent";
import { asSentence } from "@/lib/services/channels/test-outcome";
import { maySee } from "@/lib/services/reveal-answer";
import { defineVerb } from "@/lib/services/verb";
import { mailProblem } from "./person-rules";
import { reportInput } from "./preview";
import { type ReportReader, reportDraft, reportReader } from "./subject";

export const reportSentSchema = z.object({
  status: z.literal("sent"),
  /** How many recipients it went to. */
  recipients: z.int(),
  channelName: z.string(),
});
export type ReportSentAnswer = z.infer<typeof reportSentSchema>;

/**
 * Sends the report of the last whole span at once, on the path of real notifications: one attempt, whose result is the
 * answer. The report says who sent it; it moves no schedule, and `report.sent` is not raised.
 */
export const reportsSend = defineVerb({
  name: "reports.send",
  permission: "viewer",
  changes: false,
  records: {
    does: "sends",
    entity: "report",
    async subject({ period, channelId }, actor) {
      if (!actor) throw new AppError("unauthenticated", "Sign in, or send an API key.");
      const reader = await reportReader(actor, channelId);
      return "channel" in reader
        ? { id: reader.channel.id, name: reader.channel.name, detail: { period } }
        : { id: reader.user.id, name: reader.user.name, detail: { period } };
    },
  },
  input: reportInput,
  async run({ actor, now }, { period, channelId }): Promise<ReportSentAnswer> {
    const reader = await reportReader(actor, channelId);
    const { draft } = await reportDraft(fullReader(reader), { period, now, sentBy: actor.name });
    const results = await sendNow(draft);
    const [first] = results;
    if (!first) throw new AppError("invalid", await nobodyText(reader));
    const failed = results.find(({ status }) => status !== "sent");
    if (failed)
      throw failure(failed, maySee(actor, ofPayload, { provider: failed.provider, eventType: reportSent.type }));
    return { status: "sent", recipients: results.length, channelName: first.channelName };
  },
});

/** What is sent goes to the account itself, and says what the account may see, also where a key asks. */
function fullReader(reader: ReportReader): ReportReader {
  return "user" in reader ? { ...reader, role: reader.user.role } : reader;
}

async function nobodyText(reader: ReportReader): Promise<string> {
  if ("channel" in reader) return `${reader.channel.name} is disabled. Enable it first.`;
  return (await mailProblem()) ?? "There is nobody to whom it could be sent.";
}

/** The service's words, for those who may read them. */
function failure({ error = "", advice, recipient }: EventTestResult, seesAnswer: boolean): AppError {
  if (!seesAnswer)
    return new AppError(
      "delivery_failed",
      "The service did not take the report. An administrator sees its answer in the delivery log.",
    );
  const words = `${recipient ? `${recipient}: ` : ""}${error}`;
  return new AppError("delivery_failed", advice ? `${asSentence(words)} ${advice}` : words);
}
