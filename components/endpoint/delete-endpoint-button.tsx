"use client";

import { useRouter } from "next/navigation";
import { formatList, pluralize } from "@/components/format";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";
import type { EndpointNoun } from "./endpoint-text";

interface Props {
  noun: EndpointNoun;
  endpoint: { id: string; name: string; usedBy: readonly { id: string; name: string }[] };
  /** What is kept, in a sentence. */
  remains: string;
  remove: (input: { id: string }) => Promise<ActionResult<unknown>>;
}

/** Deletes an endpoint that no job uses; for the others it names the jobs. */
export function DeleteEndpointButton({ noun, endpoint, remains, remove }: Props) {
  const router = useRouter();
  const trigger = <Button variant="ghost">Delete…</Button>;
  if (endpoint.usedBy.length > 0) {
    return (
      <Dialog trigger={trigger} title={`${endpoint.name} is in use`} size="sm">
        <p className="text-muted">
          {pluralize(endpoint.usedBy.length, "job")} would lose {endpoint.usedBy.length === 1 ? "its" : "their"} {noun}:{" "}
          {formatList(endpoint.usedBy.map(({ name }) => name))}. Give {endpoint.usedBy.length === 1 ? "it" : "them"}{" "}
          another {noun} or delete {endpoint.usedBy.length === 1 ? "it" : "them"} first.
        </p>
      </Dialog>
    );
  }
  return (
    <ConfirmDialog
      trigger={trigger}
      title={`Delete ${endpoint.name}?`}
      confirmLabel={`Delete ${noun}`}
      danger
      onConfirm={() => remove({ id: endpoint.id })}
      onDone={() => {
        toast.success(`${endpoint.name} was deleted`);
        router.push(`/${noun}s`);
      }}
    >
      No job uses it. {remains}
    </ConfirmDialog>
  );
}
