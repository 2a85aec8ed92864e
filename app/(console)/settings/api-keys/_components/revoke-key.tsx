"use client";

import { useRouter } from "next/navigation";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { revokeApiKey } from "../actions";

export function RevokeKey({ id, name }: { id: string; name: string }) {
  const router = useRouter();
  return (
    <ConfirmDialog
      trigger={
        <Button size="sm" aria-label={`Revoke ${name}`}>
          Revoke…
        </Button>
      }
      title={`Revoke ${name}?`}
      confirmLabel="Revoke key"
      danger
      onConfirm={() => revokeApiKey({ id })}
      onDone={() => router.refresh()}
    >
      Every program that uses this one key is refused within a second. It cannot be undone; its line stays here.
    </ConfirmDialog>
  );
}
