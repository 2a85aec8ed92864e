import { providerOf } from "@/lib/providers/registry";
import type { NotificationInput } from "./rule-fields";

/**
 * Thresholds on rules of monitors, which count runs and have to get each. @returns a sentence by field, such as
 * `notifications[0].afterCount`; of an unknown channel nothing is said here
 */
export function thresholdProblems(
  rules: readonly Pick<NotificationInput, "channelId" | "afterCount" | "afterHours">[],
  channels: ReadonlyMap<string, { provider: string }>,
): Record<string, string> {
  const fields: Record<string, string> = {};
  rules.forEach((rule, index) => {
    const provider = providerOf(channels.get(rule.channelId)?.provider ?? "");
    if (provider?.purpose !== "monitor") return;
    for (const field of ["afterCount", "afterHours"] as const) {
      if (!rule[field]) continue;
      fields[`notifications[${index}].${field}`] =
        `${provider.label} counts runs, so it has to get each of them: leave this empty.`;
    }
  });
  return fields;
}
