"use client";

import { useState, useTransition } from "react";
import { FormError } from "@/components/form/form-error";
import { latencyText } from "@/components/format";
import { Button } from "@/components/ui/button";
import { Dialog, DialogClose } from "@/components/ui/dialog";
import { Menu } from "@/components/ui/menu";
import { Spinner } from "@/components/ui/spinner";
import { toast } from "@/components/ui/toast";
import type { ActionError } from "@/lib/core/action-error";
import { testChannel } from "../actions";
import { useDuplicate } from "./use-duplicate";

interface Props {
  channel: { id: string; name: string };
  /** May change channels, not only try them. */
  isAdmin: boolean;
}

/** What can be done with a channel without opening it. A Test that is refused says so in the service's own words. */
export function ChannelMenu({ channel: { id, name }, isAdmin }: Props) {
  const [pending, start] = useTransition();
  const [refusal, setRefusal] = useState<ActionError | null>(null);
  const { duplicate, pending: isCopying } = useDuplicate(id);
  const test = () =>
    start(async () => {
      const answer = await testChannel({ id });
      if (answer.ok) toast.success(`The Test went out through ${name} in ${latencyText(answer.value.latencyMs)}.`);
      else setRefusal(answer.error);
    });
  return (
    <>
      <span role="status" className="inline-flex">
        {(pending || isCopying) && (
          <>
            <Spinner />
            <span className="sr-only">{pending ? `Testing ${name}` : `Copying ${name}`}</span>
          </>
        )}
      </span>
      <Menu
        label={`More about ${name}`}
        items={[
          { label: "Send test", onSelect: test, disabled: pending },
          ...(isAdmin
            ? [
                { label: "Duplicate", onSelect: duplicate, disabled: isCopying },
                { label: "Edit", href: `/channels/${id}` },
              ]
            : []),
        ]}
      />
      <Dialog
        open={refusal !== null}
        onOpenChange={() => setRefusal(null)}
        title={`The Test through ${name} did not get through`}
        size="sm"
        footer={
          <DialogClose>
            <Button>Close</Button>
          </DialogClose>
        }
      >
        <FormError error={refusal} />
      </Dialog>
    </>
  );
}
