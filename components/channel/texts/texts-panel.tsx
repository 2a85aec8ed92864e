"use client";

import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import { classNames } from "@/components/class-names";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import type { MessageOptions } from "./custom-text-fields";
import type { PreviewBase, ShowPreview } from "./live-preview";
import { findInvalidTabs, type TextDraft, textSetOf } from "./text-draft";
import { TextEditor } from "./text-editor";

interface Props {
  draft: TextDraft;
  onChange: (draft: TextDraft) => void;
  errors: Record<string, string>;
  options: MessageOptions;
  base: PreviewBase;
  show: ShowPreview;
}

/** Custom text of a channel for everything sent through it. Collapsed while there is none. */
export function TextsPanel({ draft, onChange, errors, options, base, show }: Props) {
  const isDefault = textSetOf(draft) === null;
  const [isOpen, setOpen] = useState(!isDefault);
  const bodyId = useId();
  const shown = isOpen || findInvalidTabs(errors, "texts").length > 0;
  return (
    <Panel
      title="Custom text"
      aside={
        <>
          {isDefault ? "default" : "custom"}
          <Button
            size="sm"
            variant="ghost"
            aria-expanded={shown}
            aria-controls={bodyId}
            onClick={() => setOpen(!shown)}
            icon={
              <ChevronRight
                aria-hidden="true"
                className={classNames("size-3.5 transition-transform", shown && "rotate-90")}
              />
            }
          >
            {shown ? "Close" : "Edit and preview"}
          </Button>
        </>
      }
    >
      <div id={bodyId} className="flex flex-col gap-4">
        <p className="text-muted text-sm">
          Title, message and message options for everything sent through this channel. The notification rules of a job
          can override them.
        </p>
        {shown && (
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
        )}
      </div>
    </Panel>
  );
}
