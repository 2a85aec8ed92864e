import { hostname } from "node:os";
import type { Subject } from "@/lib/core/event";
import type { MonitorContext } from "./define-monitor";

/** A part of Belfry as a subject. Where there are several processes, each has components of its own. */
export function componentSubject(component: { id: string; name: string }, { processId }: MonitorContext): Subject {
  const { id, name } = component;
  return processId
    ? { kind: "component", id: `${id}@${processId}`, name: `${name} on ${hostname()}` }
    : { kind: "component", id, name };
}
