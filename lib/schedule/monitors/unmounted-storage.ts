import { checkedLocations } from "@/db/queries/storage";
import { storageUnmounted } from "@/lib/events/storage-unmounted";
import { defineMonitor, type MonitorFinding } from "./define-monitor";

/** Every destination or repository that lay on a mount when it was set up still does, and answers. */
export const unmountedStorage = defineMonitor({
  name: "mount monitor",
  everyMs: 60_000,
  topics: ["storage"],
  eventType: storageUnmounted.type,
  async check() {
    return (await checkedLocations()).flatMap(({ subject, state, problem }): MonitorFinding[] => {
      if (state === "unmounted") return [{ subject, problem: { error: problem ?? `${subject.name} is not mounted.` } }];
      return state === "unreachable" ? [] : [{ subject, problem: null }];
    });
  },
});
