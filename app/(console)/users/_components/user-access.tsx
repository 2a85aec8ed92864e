"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { useUndoToast } from "@/components/action/use-action";
import type { UserBadgeStatus } from "@/components/status/user-status-badge";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Facts } from "@/components/ui/facts";
import { ErrorNote, Note } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { SecretNote } from "@/components/ui/secret-note";
import { toast } from "@/components/ui/toast";
import { pluralize } from "@/lib/core/format-units";
import { deleteUserAction, disableUserAction, enableUserAction, signOutUserAction, unlockUserAction } from "../actions";
import { KeysAtStake, type OwnKey } from "./keys-at-stake";
import { useInvitation } from "./use-invitation";
import { usePendingAction } from "./use-pending-action";

interface Props {
  user: {
    id: string;
    name: string;
    status: UserBadgeStatus;
    isLocked: boolean;
    isSelf: boolean;
    lastLoginAt: number | null;
    createdAt: number;
    /** Null: no link that was sent is valid. */
    invitationExpiresAt: number | null;
  };
  keys: readonly OwnKey[];
}

/** Access of a user, with the actions that change it. */
export function UserAccess({ user, keys }: Props) {
  const { id, name, status } = user;
  const action = usePendingAction();
  const invitation = useInvitation(id);
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
          <Note tone="warning" title="Account locked">
            Too many failed sign-in attempts. The lock expires on its own; unlocking lets {name} try again now.
          </Note>
        )}
        {status === "invited" && user.invitationExpiresAt === null && (
          <Note tone="warning" title="No valid invitation">
            The link expired, or became void with a change of this account. {name} needs a new one.
          </Note>
        )}
        {action.error && <ErrorNote>{action.error.message}</ErrorNote>}
        {invitation.unsent && (
          <SecretNote secret={invitation.unsent.url} label="invitation link">
            The invitation could not be sent: {invitation.unsent.reason} Share this link instead. It works once and
            expires after 7 days; earlier links no longer work.
          </SecretNote>
        )}
        <div className="flex flex-wrap gap-2 empty:hidden">
          {user.isLocked && (
            <Button
              pending={action.pending === "unlock"}
              onClick={() => action.run("unlock", () => unlockUserAction({ id }), `${name} was unlocked.`)}
            >
              Unlock
            </Button>
          )}
          {status === "invited" && (
            <Button pending={invitation.pending} onClick={invitation.send}>
              {user.invitationExpiresAt === null ? "Send invitation" : "Resend invitation"}
            </Button>
          )}
          {status === "disabled" && (
            <Button
              pending={action.pending === "enable"}
              onClick={() => action.run("enable", () => enableUserAction({ id }), `${name} was enabled.`)}
            >
              Enable account
            </Button>
          )}
          {status === "active" && !user.isSelf && <SignOutUser id={id} name={name} />}
          {status === "active" && !user.isSelf && <DisableAccount id={id} name={name} keys={keys} />}
          {!user.isSelf && <DeleteAccount id={id} name={name} keys={keys} />}
        </div>
        {user.isSelf && (
          <p className="text-muted text-sm">This is your own account: you cannot disable or delete it.</p>
        )}
      </div>
    </Panel>
  );
}

function SignOutUser({ id, name }: { id: string; name: string }) {
  const router = useRouter();
  return (
    <ConfirmDialog
      trigger={<Button>Sign out everywhere…</Button>}
      title={`Sign out ${name} everywhere?`}
      confirmLabel="Sign out everywhere"
      danger
      onConfirm={async () => {
        const answer = await signOutUserAction({ id });
        if (answer.ok) toast.success(`${pluralize(answer.value.ended, "session")} ended.`);
        return answer;
      }}
      onDone={() => router.refresh()}
    >
      Every session of {name} ends within a second. The account stays enabled: {name} can sign in again.
    </ConfirmDialog>
  );
}

interface TakeAccessProps {
  id: string;
  name: string;
  keys: readonly OwnKey[];
}

function DisableAccount({ id, name, keys }: TakeAccessProps) {
  const router = useRouter();
  const offerUndo = useUndoToast();
  const [kept, setKept] = useState<string[]>([]);
  const done = () => {
    router.refresh();
    // Keys that ended do not come back.
    if (keys.every((key) => kept.includes(key.id)))
      offerUndo(
        `${name} was disabled and signed out.`,
        () => enableUserAction({ id }),
        () => router.refresh(),
      );
    else toast.success(`${name} was disabled and signed out.`);
  };
  return (
    <ConfirmDialog
      trigger={<Button>Disable account…</Button>}
      title={`Disable ${name}?`}
      confirmLabel="Disable account"
      danger
      onConfirm={() => disableUserAction({ id, keepKeys: kept })}
      onDone={done}
    >
      {name} is signed out everywhere at once and cannot sign in until you enable the account again. Nothing is deleted.
      <KeysAtStake keys={keys} kept={kept} onChange={setKept} />
    </ConfirmDialog>
  );
}

function DeleteAccount({ id, name, keys }: TakeAccessProps) {
  const router = useRouter();
  const [kept, setKept] = useState<string[]>([]);
  const [isDeleted, setDeleted] = useState(false);
  return (
    <ConfirmDialog
      trigger={
        <Button variant="ghost" disabled={isDeleted}>
          Delete account…
        </Button>
      }
      title={`Delete ${name}?`}
      confirmLabel="Delete account"
      danger
      onConfirm={() => deleteUserAction({ id, keepKeys: kept })}
      onDone={() => {
        setDeleted(true);
        toast.success(`The account of ${name} was deleted.`);
        router.push("/users");
      }}
    >
      This account is deleted permanently, and {name} is signed out everywhere. Their entries stay in the audit log.
      <KeysAtStake keys={keys} kept={kept} onChange={setKept} />
    </ConfirmDialog>
  );
}
