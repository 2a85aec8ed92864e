"use client";

import { useRouter } from "next/navigation";
import { useAction } from "@/components/action/use-action";
import { Button } from "@/components/ui/button";
import type { ActionResult } from "@/lib/core/action-error";

type Create = (input: {
  name: string;
  kind: string;
  config: Record<string, unknown>;
  createFolder?: boolean;
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
  const { run, pending } = useAction();
  const create = async (): Promise<ActionResult<null>> => {
    const answers = [
      await createSource({ name: "Sample files", ...source }),
      // A folder of Belfry's own.
      await createDestination({ name: "Local folder", ...destination, createFolder: true }),
    ];
    const failed = answers.find((answer) => !answer.ok && answer.error.code !== "conflict");
    return failed && !failed.ok ? failed : { ok: true, value: null };
  };
  const createSample = () =>
    run(create, {
      leaves: true,
      onSuccess: () => router.push("/welcome?step=job"),
      // What was made of it is shown.
      onSettled: () => router.refresh(),
    });
  return (
    <Button variant="primary" pending={pending} onClick={createSample}>
      Use the sample
    </Button>
  );
}
