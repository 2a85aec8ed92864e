import { CodeBlock } from "@/components/ui/code-block";
import { Panel } from "@/components/ui/panel";

interface Props {
  /** What was handed to the service, secrets hidden; null before the first attempt. */
  payload: unknown;
  attempts: number;
  maySee: boolean;
}

/** What exactly was sent. */
export function SentPanel({ payload, attempts, maySee }: Props) {
  const isThere = payload !== null && payload !== undefined;
  return (
    <Panel title="Sent" aside={isThere && "secrets are hidden"}>
      {isThere ? (
        <CodeBlock label="what was sent">{textOf(payload)}</CodeBlock>
      ) : (
        <p className="text-muted text-sm">{sentence(attempts, maySee)}</p>
      )}
    </Panel>
  );
}

function textOf(payload: unknown): string {
  return typeof payload === "string" ? payload : JSON.stringify(payload, null, 2);
}

function sentence(attempts: number, maySee: boolean): string {
  if (!maySee) return "What was sent is shown to operators and administrators.";
  return attempts === 0 ? "Nothing has gone out yet." : "What was sent was not kept.";
}
