import { ErrorNote } from "@/components/ui/note";
import type { ActionError } from "@/lib/core/action-error";

/** Why a change was refused; the setting is unchanged. */
export function SettingError({ error }: { error: ActionError | undefined }) {
  if (!error) return null;
  const sentences = Object.values(error.fields ?? {});
  return (
    <ErrorNote title="Not saved">
      {(sentences.length > 0 ? sentences : [error.message]).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </ErrorNote>
  );
}
