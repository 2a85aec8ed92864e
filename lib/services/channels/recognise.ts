import { z } from "zod";
import { AppError } from "@/lib/core/errors";
import { explainWrongLink, recognise } from "@/lib/providers/recognise";
import { defineVerb } from "@/lib/services/verb";

/** A form filled in from a pasted address. It holds the pasted secrets and is returned to the caller only. */
export const recognisedSchema = z.object({
  provider: z.string(),
  name: z.string().nullable(),
  config: z.record(z.string(), z.unknown()),
  /** A note to read before saving. */
  note: z.string().nullable(),
});
export type RecognisedView = z.infer<typeof recognisedSchema>;

/** Recognises the service of a pasted address and fills in its form. Nothing is stored. */
export const channelsRecognise = defineVerb({
  name: "channels.recognise",
  permission: "admin",
  changes: false,
  input: z.object({ text: z.string().max(8000, "This is too long for an address.") }),
  async run(_context, { text }): Promise<RecognisedView> {
    const { provider, name = null, config, note = null } = recognise(text) ?? refuse(text);
    return { provider, name, config, note };
  },
});

/** The message does not repeat the pasted text, which may contain a secret. */
function refuse(text: string): never {
  const isMany = /\S\s+\S/.test(text);
  const sentence = isMany
    ? "This is more than one address. Paste a single one, without any text around it."
    : (explainWrongLink(text) ??
      "Belfry does not understand this. It reads webhook URLs from https:// on, mail addresses, Apprise URLs such as slack:// or tgram://, and mail servers as smtp://user:password@host:587.");
  throw new AppError("invalid", sentence, { fields: { text: sentence } });
}
