import { FactList, type PreviewProps } from "./preview-parts";

/** A text message with exactly the characters sent: each may cost. */
export function SmsPreview({ preview }: PreviewProps) {
  const { from, title, text } = preview;
  return (
    <>
      {from && <p className="mb-1 text-muted text-xs">{from}</p>}
      <p className="inline-block max-w-sm whitespace-pre-wrap rounded-lg rounded-bl-sm bg-hover px-3 py-2">
        {[title, text].filter(Boolean).join("\n")}
      </p>
      <FactList preview={preview} />
    </>
  );
}
