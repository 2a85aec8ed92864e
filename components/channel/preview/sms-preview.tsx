import { type DrawnProps, FactList } from "./preview-parts";

/** A bubble with exactly the letters that go out: each of them may cost. */
export function SmsPreview({ preview }: DrawnProps) {
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
