import { CodeBlock } from "@/components/ui/code-block";
import { type DrawnProps, FactList, FieldGrid } from "./preview-parts";

/** A call to a service that watches: one line, and the log that goes along where there is one. */
export function MonitorPreview({ preview, timezone }: DrawnProps) {
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
          <CodeBlock label="what is sent along" copy={false} maxHeight="sm">
            {body}
          </CodeBlock>
        </div>
      )}
      <FieldGrid preview={preview} timezone={timezone} />
      <FactList preview={preview} />
    </>
  );
}
