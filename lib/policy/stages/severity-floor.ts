import { compareSeverity } from "@/lib/core/severity";
import { mapOwnMessages, type Plan, type Situation } from "../plan";

/**
 * A channel may take only what is severe enough. Monitors are exempt: they count runs, and a good one is as much news
 * as a failed one. So are the copy for the user the event is about, and a report that the channel asks for.
 */
export function severityFloor(_: Situation, plan: Plan): Plan {
  return mapOwnMessages(plan, (delivery) => {
    const { isMonitor, minSeverity, id } = delivery.channel;
    const isExempt =
      isMonitor || minSeverity === null || delivery.target.isForUser || delivery.target.route === "report";
    if (isExempt || compareSeverity(plan.correlation.severity, minSeverity) >= 0) return delivery;
    return { ...delivery, suppressed: { code: "below_min_severity", by: id } };
  });
}
