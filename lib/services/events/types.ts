import { z } from "zod";
import type { Severity } from "@/lib/core/severity";
import type { Tone } from "@/lib/core/tone";
import { SUBSCRIBABLE_EVENTS } from "@/lib/events/catalog";
import { defineVerb } from "@/lib/services/verb";

export interface EventTypeView {
  type: string;
  name: string;
  category: string;
  description: string;
  tone: Tone;
  severity: Severity;
  /** `job`: the rules of the job decide. Otherwise whether its switch starts on. */
  default: "on" | "off" | "job";
}

/** Everything that channels may subscribe to, in the order of the catalogue. */
export const eventTypes = defineVerb({
  name: "events.types",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  async run(): Promise<EventTypeView[]> {
    return SUBSCRIBABLE_EVENTS.map(
      ({ type, name, category, description, tone, severity, audience, startsEnabled }) => ({
        type,
        name,
        category,
        description,
        tone,
        severity,
        default: audience === "job" ? "job" : startsEnabled ? "on" : "off",
      }),
    );
  },
});
