import { ErrorNote } from "@/components/ui/note";
import type { ActionError } from "@/lib/core/action-error";

interface Props {
  error: ActionError | null | undefined;
  /** Paths that have a control with its own line; every other field's sentence is listed here. Left out: all have one. */
  known?: readonly string[];
}

/** Why a form was refused: in a sentence, with the other side's words and what helps, where there are such. */
export function FormError({ error, known }: Props) {
  if (!error) return null;
  const others = known ? Object.entries(error.fields ?? {}).filter(([path]) => !known.includes(path)) : [];
  return (
    <ErrorNote detail={answerOf(error)} advice={error.advice}>
      <p>{error.message}</p>
      {others.length > 0 && (
        <ul className="list-disc pl-4">
          {others.map(([path, sentence]) => (
            <li key={path}>{path ? `${path}: ${sentence}` : sentence}</li>
          ))}
        </ul>
      )}
    </ErrorNote>
  );
}

/** The service's own words, unless the message says them already. */
export function answerOf(error: ActionError): string | undefined {
  const { message, providerStatus, providerBody } = error;
  const body = providerBody && !message.includes(providerBody) ? providerBody : undefined;
  const status = providerStatus && !message.includes(String(providerStatus)) ? String(providerStatus) : undefined;
  return [status, body].filter(Boolean).join(" ") || undefined;
}
