import { checkedDestinations } from "@/db/queries/storage";
import { storageUnmounted } from "@/lib/events/storage-unmounted";
import { defineMonitor, type MonitorFinding } from "./define-monitor";

/** Every destination that lay on a mount when it was set up still does, and answers. */
export const unmountedStorage = defineMonitor({
  name: "mount monitor",
  everyMs: 60_000,
  topics: ["storage"],
  eventType: storageUnmounted.type,
  async check() {
    return (await checkedDestinations()).flatMap(({ locationId: id, name, state, problem }): MonitorFinding[] => {
      const subject = { kind: "destination", id, name } as const;
      if (state === "unmounted") return [{ subject, problem: { error: problem ?? `${name} is not mounted.` } }];
      return state === "unreachable" ? [] : [{ subject, problem: null }];
    });
  },
});
