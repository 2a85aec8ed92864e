import { type DrawnProps, FactList, Words } from "./preview-parts";

/** Subject and sender, and the document in a frame in which nothing runs and from which nothing can be reached. */
export function MailPreview({ preview, timezone }: DrawnProps) {
  const { from, title, document } = preview;
  return (
    <div className="overflow-hidden rounded-md border border-line bg-bg">
      <div className="border-line border-b px-3 py-2">
        <p className="font-semibold">{title}</p>
        {from && <p className="mt-0.5 text-muted text-xs">{from}</p>}
        <FactList preview={preview} />
      </div>
      {document ? (
        <iframe
          title="The mail"
          sandbox=""
          srcDoc={withoutStyles(document)}
          // Mail programs show paper, whatever the theme around it.
          className="block h-120 w-full bg-panel"
        />
      ) : (
        <div className="px-3 py-2">
          <Words preview={{ ...preview, title: undefined }} timezone={timezone} />
        </div>
      )}
    </div>
  );
}

/** The policy of the page holds in the frame as well, and takes colours in attributes only. */
function withoutStyles(document: string): string {
  return document.replace(/<style\b[^>]*>[\s\S]*?<\/style\s*>/gi, "");
}
