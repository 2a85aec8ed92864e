import { openSubjects } from "@/db/queries/alerts";
import { clientNames } from "@/db/queries/clients";
import { clientsOfTwoMachines, isOfOneMachine } from "@/lib/core/client-machines";
import { systemError } from "@/lib/events/system-error";
import { defineMonitor, type MonitorFinding } from "./define-monitor";

/** The token of each client is one machine's. Two of them would hide each other's outages, and execute each other's runs. */
export const sharedTokens = defineMonitor({
  name: "client token monitor",
  everyMs: 60_000,
  eventType: systemError.type,
  async check() {
    const passed = performance.now();
    const shared = clientsOfTwoMachines(passed);
    const open = (await openSubjects(systemError.type)).map(({ subjectId }) => subjectId);
    const over = open.filter((id) => !shared.has(id) && isOfOneMachine(id, passed));
    const names = await clientNames([...shared.keys(), ...over]);
    return [...names].map(([id, name]): MonitorFinding => {
      const machines = shared.get(id);
      return { subject: { kind: "client", id, name }, problem: machines ? problemOf(name, machines) : null };
    });
  },
});

function problemOf(name: string, machines: readonly [string, string]) {
  return {
    error: `Two machines report with the token of ${name}: ${machines.join(" and ")}.`,
    advice:
      "Was one of them copied from the other? Register that one as a client of its own, and install its agent anew: until then each hides the outages of the other, and may execute its runs.",
  };
}
