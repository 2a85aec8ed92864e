import { Note } from "@/components/ui/note";

interface Props {
  refused: readonly { recipient: string | null; reason: string; retryable: boolean }[];
  /** No further attempt is made. */
  isOver: boolean;
}

/** Recipients that did not get a message which others have, in the service's own words. */
export function RefusedRecipients({ refused, isOver }: Props) {
  if (refused.length === 0) return null;
  return (
    <Note tone={isOver ? "failure" : "neutral"}>
      <p>
        {isOver ? "The service refused these recipients. All others have it." : "Refused so far; all others have it."}
      </p>
      <ul className="mt-1 flex flex-col gap-1">
        {refused.map(({ recipient, reason, retryable }, index) => (
          <li key={recipient ?? index} className="[overflow-wrap:anywhere]">
            <b className="font-medium">{recipient ?? "A recipient"}</b>
            {!isOver && retryable && " (tried again)"}
            <span className="block font-mono text-xs">{reason}</span>
          </li>
        ))}
      </ul>
    </Note>
  );
}
