"use client";

import { useState } from "react";
import { Button, type ButtonProps } from "@/components/ui/button";
import { useLoaded } from "@/components/ui/use-loaded";
import { loadRecover } from "./load-recover";

interface Props extends Pick<ButtonProps, "variant" | "size"> {
  channel: { id: string; name: string };
  label: string;
}

/** Opens the dialog that sends again what a channel has lost. */
export function RecoverButton({ channel, label, ...look }: Props) {
  const [isOpen, setOpen] = useState(false);
  const [Recover, ask] = useLoaded(loadRecover);
  return (
    <>
      <Button
        {...look}
        aria-haspopup="dialog"
        onClick={() => {
          ask();
          setOpen(true);
        }}
      >
        {label}
      </Button>
      {Recover && <Recover channel={channel} open={isOpen} onOpenChange={setOpen} />}
    </>
  );
}
