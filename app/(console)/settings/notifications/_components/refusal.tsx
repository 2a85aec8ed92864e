import { ErrorNote } from "@/components/ui/note";
import type { ActionError } from "@/lib/core/action-error";

/** Why a change was not taken. It stands as before, and this says so. */
export function Refusal({ error }: { error: ActionError | undefined }) {
  if (!error) return null;
  const sentences = Object.values(error.fields ?? {});
  return (
    <ErrorNote title="Not changed">
      {(sentences.length > 0 ? sentences : [error.message]).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </ErrorNote>
  );
}
