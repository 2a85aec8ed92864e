import { z } from "zod";
import { AppError } from "@/lib/core/errors";
import { recognise } from "@/lib/providers/recognise";
import { defineVerb } from "@/lib/services/verb";

/** A form, filled in by what was pasted. Holds the secrets that were just pasted: it goes back to who pasted them only. */
export const recognisedSchema = z.object({
  provider: z.string(),
  name: z.string().nullable(),
  config: z.record(z.string(), z.unknown()),
  /** What should be known before it is saved. */
  note: z.string().nullable(),
});
export type RecognisedView = z.infer<typeof recognisedSchema>;

/** Says which service a pasted address belongs to, and fills in its form. Nothing of it is kept. */
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

/** What was pasted is not repeated: it may be half a secret. */
function refuse(text: string): never {
  const isMany = /\S\s+\S/.test(text);
  const sentence = isMany
    ? "This is more than one address. Paste a single one, without the words around it."
    : "Belfry does not understand this. It reads webhook URLs from https:// on, Apprise URLs such as slack:// or tgram://, and mail servers as smtp://user:password@host:587.";
  throw new AppError("invalid", sentence, { fields: { text: sentence } });
}
