"use client";

import { useRouter } from "next/navigation";
import { formatList, pluralize } from "@/components/format";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Dialog } from "@/components/ui/dialog";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";

interface Props {
  noun: "source" | "destination";
  place: { id: string; name: string; usedBy: readonly { id: string; name: string }[] };
  /** What stays behind, in a sentence. */
  remains: string;
  remove: (input: { id: string }) => Promise<ActionResult<unknown>>;
}

/** Deletes what no job uses; for the others it says who stands in the way. */
export function DeleteEndpointButton({ noun, place, remains, remove }: Props) {
  const router = useRouter();
  const trigger = <Button variant="ghost">Delete…</Button>;
  if (place.usedBy.length > 0) {
    return (
      <Dialog trigger={trigger} title={`${place.name} is in use`} size="sm">
        <p className="text-muted">
          {pluralize(place.usedBy.length, "job")} would lose {place.usedBy.length === 1 ? "its" : "their"} {noun}:{" "}
          {formatList(place.usedBy.map(({ name }) => name))}. Give {place.usedBy.length === 1 ? "it" : "them"} another{" "}
          {noun} or delete {place.usedBy.length === 1 ? "it" : "them"} first.
        </p>
      </Dialog>
    );
  }
  return (
    <ConfirmDialog
      trigger={trigger}
      title={`Delete ${place.name}?`}
      confirmLabel={`Delete ${noun}`}
      danger
      onConfirm={() => remove({ id: place.id })}
      onDone={() => {
        toast.success(`${place.name} was deleted`);
        router.push(`/${noun}s`);
      }}
    >
      No job uses it. {remains}
    </ConfirmDialog>
  );
}
