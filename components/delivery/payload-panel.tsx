import { CodeBlock } from "@/components/ui/code-block";
import { Panel } from "@/components/ui/panel";

interface Props {
  /** Request to the service with secrets hidden; null before the first attempt. */
  payload: unknown;
  attempts: number;
  maySee: boolean;
}

/** The exact payload of a delivery. */
export function PayloadPanel({ payload, attempts, maySee }: Props) {
  const hasPayload = payload !== null && payload !== undefined;
  return (
    <Panel title="Payload" aside={hasPayload && "secrets hidden"}>
      {hasPayload ? (
        <CodeBlock label="payload">{payloadText(payload)}</CodeBlock>
      ) : (
        <p className="text-muted text-sm">{explainMissing(attempts, maySee)}</p>
      )}
    </Panel>
  );
}

function payloadText(payload: unknown): string {
  return typeof payload === "string" ? payload : JSON.stringify(payload, null, 2);
}

function explainMissing(attempts: number, maySee: boolean): string {
  if (!maySee) return "Only operators and administrators can see the payload.";
  return attempts === 0 ? "No attempt has been made." : "The payload was not kept.";
}
