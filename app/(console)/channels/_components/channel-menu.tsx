"use client";

import { useState } from "react";
import { useAction } from "@/components/action/use-action";
import { FormError } from "@/components/form/form-error";
import { formatLatency } from "@/components/format";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { Menu } from "@/components/ui/menu";
import { Spinner } from "@/components/ui/spinner";
import { toast } from "@/components/ui/toast";
import { useLoaded } from "@/components/ui/use-loaded";
import type { ActionError } from "@/lib/core/action-error";
import { testChannelAction } from "../actions";
import { loadRecover } from "./load-recover";
import { useDuplicate } from "./use-duplicate";

interface Props {
  channel: { id: string; name: string };
  /** May change channels, not only test them. */
  isAdmin: boolean;
}

/** Actions on a channel in a list. A failed Test shows the answer of the service. */
export function ChannelMenu({ channel: { id, name }, isAdmin }: Props) {
  const { run, pending } = useAction();
  const [error, setError] = useState<ActionError | null>(null);
  const [recovers, setRecovers] = useState(false);
  const [Recover, ask] = useLoaded(loadRecover);
  const recover = () => {
    ask();
    setRecovers(true);
  };
  const { duplicate, pending: isCopying } = useDuplicate(id);
  const test = () =>
    run(() => testChannelAction({ id }), {
      onSuccess: ({ latencyMs }) => toast.success(`Test sent through ${name} in ${formatLatency(latencyMs)}.`),
      onError: setError,
    });
  return (
    <>
      <span role="status" className="inline-flex">
        {(pending || isCopying) && (
          <>
            <Spinner />
            <span className="sr-only">{pending ? `Testing ${name}` : `Duplicating ${name}`}</span>
          </>
        )}
      </span>
      <Menu
        label={`Actions for ${name}`}
        items={[
          { label: "Send test", onSelect: test, disabled: pending },
          { label: "Recover…", onSelect: recover },
          ...(isAdmin
            ? [
                { label: "Duplicate", onSelect: duplicate, disabled: isCopying },
                { label: "Edit", href: `/channels/${id}` },
              ]
            : []),
        ]}
      />
      {Recover && <Recover channel={{ id, name }} open={recovers} onOpenChange={setRecovers} />}
      <Dialog
        open={error !== null}
        onOpenChange={() => setError(null)}
        title={`Test through ${name} failed`}
        size="sm"
        footer={
          <DialogClose>
            <Button>Close</Button>
          </DialogClose>
        }
      >
        <FormError error={error} />
      </Dialog>
    </>
  );
}
