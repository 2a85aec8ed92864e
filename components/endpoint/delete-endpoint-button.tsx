"use client";

import { pluralize } from "@/components/format";
import { Button } from "@/components/ui/button";
import { DeleteButton } from "@/components/ui/delete-button";
import { Dialog } from "@/components/ui/dialog";
import type { ActionResult } from "@/lib/core/action-error";
import type { EndpointNoun } from "./endpoint-text";
import { UsedBy } from "./used-by";

interface Props {
  noun: EndpointNoun;
  endpoint: { id: string; name: string; usedBy: readonly { id: string; name: string }[] };
  /** What is kept, in a sentence. */
  remains: string;
  remove: (input: { id: string }) => Promise<ActionResult<unknown>>;
}

/** Deletes an endpoint that no job uses; for the others it names the jobs. */
export function DeleteEndpointButton({ noun, endpoint, remains, remove }: Props) {
  if (endpoint.usedBy.length > 0) {
    return (
      <Dialog trigger={<Button variant="ghost">Delete…</Button>} title={`${endpoint.name} is in use`} size="sm">
        <p className="text-muted">
          {pluralize(endpoint.usedBy.length, "job")} would lose {endpoint.usedBy.length === 1 ? "its" : "their"} {noun}:{" "}
          <UsedBy jobs={endpoint.usedBy} allHref={`/jobs?${noun}Id=${endpoint.id}`} />. Give{" "}
          {endpoint.usedBy.length === 1 ? "it" : "them"} another {noun} or delete{" "}
          {endpoint.usedBy.length === 1 ? "it" : "them"} first.
        </p>
      </Dialog>
    );
  }
  return (
    <DeleteButton noun={noun} name={endpoint.name} remove={() => remove({ id: endpoint.id })} goTo={`/${noun}s`}>
      No job uses it. {remains}
    </DeleteButton>
  );
}
