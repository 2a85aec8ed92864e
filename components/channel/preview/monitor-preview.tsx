import { CodeBlock } from "@/components/ui/code-block";
import { FactList, FieldGrid, type PreviewProps } from "./preview-parts";

/** A request to a monitoring service: one line, and the body where there is one. */
export function MonitorPreview({ preview, timezone }: PreviewProps) {
  const { title, text, body } = preview;
  return (
    <>
      {title && (
        <p className="rounded-md border border-line bg-bg px-3 py-2 font-mono text-xs">
          {title}
          {text && <span className="mt-1 block whitespace-pre-wrap text-muted">{text}</span>}
        </p>
      )}
      {!title && text && <p className="whitespace-pre-wrap font-mono text-xs">{text}</p>}
      {body && (
        <div className="mt-2">
          <CodeBlock label="request body" copy={false} maxHeight="sm">
            {body}
          </CodeBlock>
        </div>
      )}
      <FieldGrid preview={preview} timezone={timezone} />
      <FactList preview={preview} />
    </>
  );
}
