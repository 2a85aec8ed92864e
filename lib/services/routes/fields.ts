import { z } from "zod";
import { channelsByIdForJobs } from "@/db/queries/jobs";
import { AppError } from "@/lib/core/errors";
import type { MatchCondition } from "@/lib/core/matching";
import { providerOf } from "@/lib/providers/registry";
import { monitorRefusal } from "@/lib/services/channels/fields";
import { matcherFields } from "@/lib/services/matching/fields";
import { idField } from "@/lib/services/page";

/** What an administrator says of a route. */
export const routeFields = {
  ...matcherFields,
  name: z.string().trim().min(1, "Enter a name.").max(100, "At most 100 characters."),
  enabled: z.boolean(),
  channels: z
    .array(idField)
    .max(50, "At most 50 channels.")
    .transform((ids) => [...new Set(ids)]),
  escalationPolicyId: idField.nullable(),
};

interface Target {
  conditions: readonly MatchCondition[];
  channels: readonly string[];
  escalationPolicyId: string | null;
}

/** @throws AppError `invalid` for a route that leads nowhere, to a monitor, or that asks for a channel */
export async function assertLeadsSomewhere({ conditions, channels, escalationPolicyId }: Target): Promise<void> {
  const fields: Record<string, string> = {};
  if (channels.length === 0 && escalationPolicyId === null)
    fields.channels = "Choose a channel or an escalation policy: this route would notify nobody.";
  const found = await channelsByIdForJobs([...channels]);
  for (const { provider } of found.values()) {
    const known = providerOf(provider);
    if (known?.purpose === "monitor") fields.channels = monitorRefusal(known.label);
  }
  conditions.forEach(({ field }, index) => {
    if (field === "channel")
      fields[`conditions[${index}].field`] = "A route chooses the channels, so it cannot ask for one.";
  });
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some fields are invalid.", { fields });
}
