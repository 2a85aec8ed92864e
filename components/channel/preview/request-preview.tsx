import { CodeBlock } from "@/components/ui/code-block";
import { type DrawnProps, FactList } from "./preview-parts";

/** A request as it goes over the wire. JSON is set in lines for reading. */
export function RequestPreview({ preview }: DrawnProps) {
  const { title, text, body } = preview;
  const whole = body ?? text ?? "";
  return (
    <>
      {title && <p className="mb-1.5 font-mono text-xs">{title}</p>}
      {whole && (
        <CodeBlock label="what is sent" copy={false}>
          {inLines(whole)}
        </CodeBlock>
      )}
      <FactList preview={preview} />
    </>
  );
}

function inLines(body: string): string {
  if (!/^\s*[[{]/.test(body)) return body;
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
