"use client";

import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import type { DeliveryStatus } from "@/lib/core/delivery";
import { cancelDelivery, resendDelivery } from "../../actions";

interface Props {
  delivery: { id: string; status: DeliveryStatus; channelName: string; isTest: boolean };
}

/** Send again, or do not send at all: whichever this delivery still allows. */
export function DeliveryActs({ delivery: { id, status, channelName, isTest } }: Props) {
  const router = useRouter();
  const [pending, start] = useTransition();
  const resend = () =>
    start(async () => {
      const answer = await resendDelivery({ id });
      if (answer.ok) toast.success("It is sent again now.");
      else toast.error(answer.error.message);
      router.refresh();
    });
  if (status === "pending" || status === "held") {
    return (
      <ConfirmDialog
        trigger={<Button>Cancel delivery…</Button>}
        title="Cancel this delivery?"
        confirmLabel="Cancel delivery"
        danger
        onConfirm={() => cancelDelivery({ id })}
        onDone={() => router.refresh()}
      >
        This one message is not sent to {channelName}. Other channels still get theirs, and you can resend it later.
      </ConfirmDialog>
    );
  }
  if (isTest || status === "sending" || status === "folded") return null;
  if (status === "sent") {
    return (
      <ConfirmDialog
        trigger={<Button>Resend…</Button>}
        title="Send it once more?"
        confirmLabel="Resend"
        onConfirm={() => resendDelivery({ id })}
        onDone={() => {
          toast.success("It is sent again now.");
          router.refresh();
        }}
      >
        {channelName} took this message already. Whoever reads it there gets it a second time.
      </ConfirmDialog>
    );
  }
  return (
    <Button pending={pending} onClick={resend}>
      Resend
    </Button>
  );
}
