import { z } from "zod";
import type { Subject } from "@/lib/core/event";
import { failureData } from "./data";

/** What the events about the connection to a source, destination or repository carry. */
export const connectionData = z.object({
  ...failureData.shape,
  connection: z
    .object({
      /** When it was first not reached, milliseconds. */
      since: z.number(),
      /** Looks in a row that did not reach it. */
      misses: z.number(),
      /** How long it was not reached, milliseconds; once it is reached again. */
      downtimeMs: z.number().optional(),
    })
    .optional(),
});

const NOUNS: Partial<Record<Subject["kind"], string>> = {
  source: "Source",
  repository: "Repository",
  client: "Client",
};

/** What a connection leads to, or where a disk is, as the label of a fact. */
export function connectionNoun({ kind }: Subject): string {
  return NOUNS[kind] ?? "Destination";
}

export function connectionLink({ kind, id }: Subject): { label: string; url: string } {
  return { label: `Open ${kind}`, url: kind === "repository" ? `/repositories/${id}` : `/${kind}s/${id}` };
}
