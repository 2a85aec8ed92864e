import { CodeBlock } from "@/components/ui/code-block";
import { FactList, type PreviewProps } from "./preview-parts";

/** A request as sent over the wire, with JSON indented. */
export function RequestPreview({ preview }: PreviewProps) {
  const { title, text, body } = preview;
  const content = body ?? text ?? "";
  return (
    <>
      {title && <p className="mb-1.5 font-mono text-xs">{title}</p>}
      {content && (
        <CodeBlock label="request body" copy={false}>
          {indentJson(content)}
        </CodeBlock>
      )}
      <FactList preview={preview} />
    </>
  );
}

function indentJson(body: string): string {
  if (!/^\s*[[{]/.test(body)) return body;
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
