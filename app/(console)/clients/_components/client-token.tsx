"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { msOf } from "@/components/ms-of";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { toast } from "@/components/ui/toast";
import { deleteClientAction, revokeClientAction, rotateClientAction } from "../actions";
import { InstallSteps } from "./install-steps";

interface Props {
  client: { id: string; name: string; hint: string | null; revokedAt: string | null; lastSeenAt: string | null };
}

/** Replaces or revokes the token of a client, or removes the client. A new token is shown until the page is left. */
export function ClientToken({ client: { id, name, hint, revokedAt, lastSeenAt } }: Props) {
  const router = useRouter();
  const [fresh, setFresh] = useState<{ installCommand: string; scriptSha256: string; updatedAt: string } | null>(null);
  const hasReported = fresh !== null && (msOf(lastSeenAt) ?? 0) > (msOf(fresh.updatedAt) ?? 0);
  const rotate = async () => {
    const result = await rotateClientAction({ id });
    if (result.ok) setFresh(result.value);
    return result;
  };
  const refresh = () => router.refresh();
  return (
    <>
      {fresh && (
        <InstallSteps
          installCommand={fresh.installCommand}
          scriptSha256={fresh.scriptSha256}
          hasReported={hasReported}
        />
      )}
      <Panel title="Token" aside={<span className="font-mono">bfc_…{hint}</span>}>
        <div className="flex flex-col gap-3 text-sm">
          <p className="text-muted">
            {revokedAt ? (
              <>
                Revoked <RelativeTime at={msOf(revokedAt)} />: reports of this client are refused, and it is not
                watched. A new token lets it in again.
              </>
            ) : (
              "The agent of this client reports with it, and with no other. A new token replaces it at once."
            )}
          </p>
          <div className="flex flex-wrap gap-2">
            <ConfirmDialog
              trigger={<Button>New token…</Button>}
              title={`Make a new token for ${name}?`}
              confirmLabel="Make a new token"
              onConfirm={rotate}
              onDone={refresh}
            >
              The present token is refused at once. Run the new line on the machine, and it reports again.
            </ConfirmDialog>
            {!revokedAt && (
              <ConfirmDialog
                danger
                trigger={<Button>Revoke…</Button>}
                title={`Revoke the token of ${name}?`}
                confirmLabel="Revoke token"
                onConfirm={() => revokeClientAction({ id })}
                onDone={refresh}
              >
                Its reports are refused at once, it is not watched any more, and an open alert about it ends.
              </ConfirmDialog>
            )}
            <ConfirmDialog
              danger
              trigger={<Button>Remove…</Button>}
              title={`Remove ${name}?`}
              confirmLabel="Remove client"
              onConfirm={() => deleteClientAction({ id })}
              onDone={() => {
                toast.success("Removed.");
                router.push("/clients");
                router.refresh();
              }}
            >
              <p>
                Its token is refused at once, and an open alert about it ends. On the machine,{" "}
                <code className="font-mono">belfry-agent uninstall</code> removes the agent.
              </p>
            </ConfirmDialog>
          </div>
        </div>
      </Panel>
    </>
  );
}
