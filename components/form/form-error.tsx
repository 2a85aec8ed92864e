import { ErrorNote } from "@/components/ui/note";
import type { ActionError } from "@/lib/core/action-error";

interface Props {
  error: ActionError | null | undefined;
  /** Paths whose control shows its own error; errors of other fields are listed here. Left out: all do. */
  known?: readonly string[];
}

/** Why a form was refused, with the answer of the service and advice where there are any. */
export function FormError({ error, known }: Props) {
  if (!error) return null;
  const others = known ? Object.entries(error.fields ?? {}).filter(([path]) => !known.includes(path)) : [];
  return (
    <ErrorNote detail={serviceAnswer(error)} advice={error.advice}>
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

/** Status and body of the service's answer, unless the message contains them. */
export function serviceAnswer(error: ActionError): string | undefined {
  const { message, providerStatus, providerBody } = error;
  const body = providerBody && !message.includes(providerBody) ? providerBody : undefined;
  const status = providerStatus && !message.includes(String(providerStatus)) ? String(providerStatus) : undefined;
  return [status, body].filter(Boolean).join(" ") || undefined;
}
