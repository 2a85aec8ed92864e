"use client";

import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";

type Create = (input: {
  name: string;
  kind: string;
  config: Record<string, unknown>;
}) => Promise<ActionResult<{ id: string }>>;

interface Sample {
  kind: string;
  config: Record<string, unknown>;
}

interface Props {
  source: Sample;
  destination: Sample;
  createSource: Create;
  createDestination: Create;
}

/** Creates the sample source and its destination in one click. One that exists from an earlier try is used as it is. */
export function SampleButton({ source, destination, createSource, createDestination }: Props) {
  const router = useRouter();
  const [pending, setPending] = useState(false);
  const busy = useRef(false);
  const createSample = async () => {
    if (busy.current) return;
    busy.current = true;
    setPending(true);
    const answers = [
      await createSource({ name: "Sample files", ...source }),
      await createDestination({ name: "Local folder", ...destination }),
    ];
    const failed = answers.find((answer) => !answer.ok && answer.error.code !== "conflict");
    if (failed && !failed.ok) {
      toast.error(failed.error.message);
      busy.current = false;
      setPending(false);
      router.refresh();
      return;
    }
    router.push("/welcome?step=job");
  };
  return (
    <Button variant="primary" pending={pending} onClick={createSample}>
      Use the sample
    </Button>
  );
}
