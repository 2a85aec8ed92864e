import { barStyle, type DrawnProps, FactList, FieldGrid, LinkLine, Words } from "./preview-parts";

/** An entry of an on-call service: what is done with it, and what it says. */
export function IncidentPreview({ preview, timezone }: DrawnProps) {
  return (
    <div
      className="rounded-md border border-line border-l-4 border-l-line-strong bg-bg px-3 py-2"
      style={barStyle(preview.color)}
    >
      <Words preview={preview} timezone={timezone} />
      <FactList preview={preview} />
      <FieldGrid preview={preview} timezone={timezone} />
      <LinkLine preview={preview} />
    </div>
  );
}
