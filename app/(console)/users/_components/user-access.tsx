"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Facts } from "@/components/ui/facts";
import { ErrorNote, Note } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { SecretNote } from "@/components/ui/secret-note";
import { toast } from "@/components/ui/toast";
import { deleteUser, disableUser, enableUser, unlockUser } from "../actions";
import { useInvitation } from "./use-invitation";
import { usePendingAct } from "./use-pending-act";

interface Props {
  user: {
    id: string;
    name: string;
    status: "active" | "disabled" | "invited";
    isLocked: boolean;
    isSelf: boolean;
    lastLoginAt: number | null;
    createdAt: number;
  };
}

/** Whether and how this person gets in, and the acts that change it. */
export function UserAccess({ user }: Props) {
  const { id, name, status } = user;
  const router = useRouter();
  const act = usePendingAct();
  const invitation = useInvitation(id);
  const [isGone, setGone] = useState(false);
  return (
    <Panel title="Access">
      <div className="flex flex-col gap-4">
        <Facts
          items={[
            { label: "Last sign-in", value: <RelativeTime at={user.lastLoginAt} empty="never" /> },
            { label: "Created", value: <RelativeTime at={user.createdAt} format="full" /> },
          ]}
        />
        {user.isLocked && (
          <Note tone="warning" title="Sign-in is blocked">
            Too many wrong passwords were typed for this account. The block ends by itself; lifting it lets {name} try
            again at once.
          </Note>
        )}
        {act.error && <ErrorNote>{act.error.message}</ErrorNote>}
        {invitation.unsent && (
          <SecretNote secret={invitation.unsent.url} label="invitation link">
            The invitation was not mailed: {invitation.unsent.reason} Pass this link on yourself. It works once and for
            7 days; earlier links are void.
          </SecretNote>
        )}
        <div className="flex flex-wrap gap-2 empty:hidden">
          {user.isLocked && (
            <Button
              pending={act.pending === "unlock"}
              onClick={() => act.run("unlock", () => unlockUser({ id }), `${name} may sign in again.`)}
            >
              Lift the block
            </Button>
          )}
          {status === "invited" && (
            <Button pending={invitation.pending} onClick={invitation.send}>
              Invite again
            </Button>
          )}
          {status === "disabled" && (
            <Button
              pending={act.pending === "enable"}
              onClick={() => act.run("enable", () => enableUser({ id }), `${name} may sign in.`)}
            >
              Enable account
            </Button>
          )}
          {status === "active" && !user.isSelf && (
            <ConfirmDialog
              trigger={<Button>Disable account…</Button>}
              title={`Disable ${name}?`}
              confirmLabel="Disable account"
              danger
              onConfirm={() => disableUser({ id })}
              onDone={() => router.refresh()}
            >
              {name} is signed out everywhere at once and cannot sign in until you enable the account again. Nothing is
              deleted.
            </ConfirmDialog>
          )}
          {!user.isSelf && (
            <ConfirmDialog
              trigger={
                <Button variant="ghost" disabled={isGone}>
                  Delete account…
                </Button>
              }
              title={`Delete ${name}?`}
              confirmLabel="Delete account"
              danger
              onConfirm={() => deleteUser({ id })}
              onDone={() => {
                setGone(true);
                toast.success(`The account of ${name} was deleted.`);
                router.push("/users");
              }}
            >
              This one account is removed for good, and {name} is signed out everywhere. What they did stays in the
              audit log under their name. API keys they made keep working.
            </ConfirmDialog>
          )}
        </div>
        {user.isSelf && (
          <p className="text-muted text-sm">This is your own account: you cannot disable or delete it.</p>
        )}
      </div>
    </Panel>
  );
}
