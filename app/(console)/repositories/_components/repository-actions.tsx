"use client";

import { useRouter } from "next/navigation";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import {
  checkRepositoryAction,
  compactRepositoryAction,
  pruneRepositoryAction,
  testRepositoryAction,
} from "../actions";

interface Props {
  id: string;
  name: string;
  /** Something says which archives a prune keeps. */
  canPrune: boolean;
}

/** What can be done to a whole repository. */
export function RepositoryActions({ id, name, canPrune }: Props) {
  const router = useRouter();
  const started = (what: string) => () => {
    toast.success(`${what} of ${name} was started`);
    router.refresh();
  };
  return (
    <>
      <ConfirmDialog
        trigger={<Button variant="ghost">Test…</Button>}
        title={`Test ${name}?`}
        confirmLabel="Test"
        onConfirm={() => testRepositoryAction({ id })}
        onDone={() => {
          toast.success(`${name} opens`);
          router.refresh();
        }}
      >
        Opens the repository and reads what it holds. Of a large one this may take a minute.
      </ConfirmDialog>
      <ConfirmDialog
        trigger={<Button variant="ghost">Compact…</Button>}
        title={`Compact ${name}?`}
        confirmLabel="Compact"
        onConfirm={() => compactRepositoryAction({ id })}
        onDone={started("A compact")}
      >
        Gives the space back that removed archives left. Archives that are there stay.
      </ConfirmDialog>
      {canPrune && (
        <ConfirmDialog
          danger
          trigger={<Button variant="ghost">Prune…</Button>}
          title={`Prune ${name}?`}
          confirmLabel="Prune"
          onConfirm={() => pruneRepositoryAction({ id })}
          onDone={started("A prune")}
        >
          Removes the archives of jobs that the settings do not keep. This cannot be undone.
        </ConfirmDialog>
      )}
      <ConfirmDialog
        trigger={<Button variant="primary">Check…</Button>}
        title={`Check ${name}?`}
        confirmLabel="Check"
        onConfirm={() => checkRepositoryAction({ id })}
        onDone={started("A check")}
      >
        Reads the whole repository and looks for damage. Of a large one this takes hours, and nothing else can use it
        meanwhile.
      </ConfirmDialog>
    </>
  );
}
