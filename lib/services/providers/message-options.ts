import { z } from "zod";
import type { Provider } from "@/lib/providers/contract";

/** Which options of a message a service supports, as forms and callers get it. */
export const messageOptionsView = z.object({
  priority: z.boolean(),
  tags: z.boolean(),
  sound: z.boolean(),
  mentions: z
    .object({ example: z.string(), hint: z.string() })
    .nullable()
    .meta({ description: "How the service's mentions are entered; null when it has none" }),
});
export type MessageOptionsView = z.infer<typeof messageOptionsView>;

/** The same of one provider; none of them for a service that is unknown. */
export function viewMessageOptions(provider: Provider | undefined): MessageOptionsView {
  const { priority = false, tags = false, sound = false, mentions } = provider?.messageOptions ?? {};
  return {
    priority,
    tags,
    sound,
    mentions: mentions ? { example: mentions.example, hint: mentions.hint } : null,
  };
}
