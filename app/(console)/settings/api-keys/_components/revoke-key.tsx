"use client";

import { useRouter } from "next/navigation";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { revokeApiKeyAction } from "../actions";

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
      onConfirm={() => revokeApiKeyAction({ id })}
      onDone={() => router.refresh()}
    >
      Programs that use this key are refused within a second. This cannot be undone; the key stays listed.
    </ConfirmDialog>
  );
}
