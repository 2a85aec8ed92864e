"use client";

import { Panel } from "@/components/ui/panel";
import type { MessageOptions } from "./custom-text-fields";
import type { PreviewBase, ShowPreview } from "./live-preview";
import { type TextDraft, textSetOf } from "./text-draft";
import { TextEditor } from "./text-editor";

interface Props {
  draft: TextDraft;
  onChange: (draft: TextDraft) => void;
  errors: Record<string, string>;
  options: MessageOptions;
  base: PreviewBase;
  show: ShowPreview;
}

/** Custom text of a channel for everything sent through it, with a preview. */
export function TextsPanel({ draft, onChange, errors, options, base, show }: Props) {
  return (
    <Panel title="Custom text" aside={textSetOf(draft) === null ? "default" : "custom"}>
      <div className="flex flex-col gap-4">
        <p className="text-muted text-sm">
          Title, message and message options for everything sent through this channel. The notification rules of a job
          can override them.
        </p>
        <TextEditor
          draft={draft}
          onChange={onChange}
          errors={errors}
          path="texts"
          options={options}
          defaultText="Belfry's default text"
          as="texts"
          base={base}
          show={show}
        />
      </div>
    </Panel>
  );
}
