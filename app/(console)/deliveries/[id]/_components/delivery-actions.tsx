"use client";

import { useRouter } from "next/navigation";
import { useAction } from "@/components/action/use-action";
import { Button } from "@/components/ui/button";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { toast } from "@/components/ui/toast";
import type { ShownStatus } from "@/lib/core/delivery";
import { cancelDeliveryAction, resendDeliveryAction } from "../../actions";

interface Props {
  delivery: { id: string; status: ShownStatus; channelName: string; isTest: boolean };
}

/** Resend or cancel, whichever the status of the delivery allows. */
export function DeliveryActions({ delivery: { id, status, channelName, isTest } }: Props) {
  const router = useRouter();
  const { run, pending } = useAction();
  const resend = () =>
    run(() => resendDeliveryAction({ id }), { success: "Resending now.", onSettled: () => router.refresh() });
  if (status === "pending" || status === "held") {
    return (
      <ConfirmDialog
        trigger={<Button>Cancel delivery…</Button>}
        title="Cancel this delivery?"
        confirmLabel="Cancel delivery"
        danger
        onConfirm={() => cancelDeliveryAction({ id })}
        onDone={() => router.refresh()}
      >
        This message is not sent to {channelName}. Other channels still receive theirs, and you can resend it later.
      </ConfirmDialog>
    );
  }
  if (isTest || status === "sending" || status === "folded") return null;
  if (status === "sent" || status === "partial") {
    return (
      <ConfirmDialog
        trigger={<Button>Resend…</Button>}
        title="Resend this notification?"
        confirmLabel="Resend"
        onConfirm={() => resendDeliveryAction({ id })}
        onDone={() => {
          toast.success("Resending now.");
          router.refresh();
        }}
      >
        {status === "sent"
          ? `${channelName} already accepted this message. Recipients get it a second time.`
          : "Only the recipients that were refused get it; the others have it already."}
      </ConfirmDialog>
    );
  }
  return (
    <Button pending={pending} onClick={resend}>
      Resend
    </Button>
  );
}
