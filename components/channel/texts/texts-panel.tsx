"use client";

import { ChevronRight } from "lucide-react";
import { useId, useState } from "react";
import { classNames } from "@/components/class-names";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/panel";
import type { MessageOptions } from "./custom-text-fields";
import type { PreviewBase, ShowPreview } from "./live-preview";
import { type TextDraft, textSetOf, wrongTabs } from "./text-draft";
import { TextEditor } from "./text-editor";

interface Props {
  draft: TextDraft;
  onChange: (draft: TextDraft) => void;
  errors: Record<string, string>;
  manner: MessageOptions;
  base: PreviewBase;
  show: ShowPreview;
}

/** A channel's own words for everything that goes through it. Closed while it has none. */
export function TextsPanel({ draft, onChange, errors, manner, base, show }: Props) {
  const isStandard = textSetOf(draft) === null;
  const [isOpen, setOpen] = useState(!isStandard);
  const bodyId = useId();
  const shown = isOpen || wrongTabs(errors, "texts").length > 0;
  return (
    <Panel
      title="Texts"
      aside={
        <>
          {isStandard ? "standard" : "own"}
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
          Own title, message and manner for everything that goes through this channel. A job's row may have others,
          which go before these.
        </p>
        {shown && (
          <TextEditor
            draft={draft}
            onChange={onChange}
            errors={errors}
            path="texts"
            manner={manner}
            usual="Belfry's own words"
            as="texts"
            base={base}
            show={show}
          />
        )}
      </div>
    </Panel>
  );
}
