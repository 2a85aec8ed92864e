import { barStyle, FactList, FieldGrid, LinkLine, type PreviewProps, PreviewText } from "./preview-parts";

/** An incident of an on-call service. */
export function IncidentPreview({ preview, timezone }: PreviewProps) {
  return (
    <div
      className="rounded-md border border-line border-l-4 border-l-line-strong bg-bg px-3 py-2"
      style={barStyle(preview.color)}
    >
      <PreviewText preview={preview} timezone={timezone} />
      <FactList preview={preview} />
      <FieldGrid preview={preview} timezone={timezone} />
      <LinkLine preview={preview} />
    </div>
  );
}
