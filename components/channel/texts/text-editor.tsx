"use client";

import { Tabs } from "radix-ui";
import { useEffect, useState } from "react";
import { ShapeMark } from "@/components/ui/badge";
import { FieldStack } from "@/components/ui/field";
import { CustomTextFields, type MessageOptions } from "./custom-text-fields";
import { LivePreview, type PreviewBase, type ShowPreview } from "./live-preview";
import { pathOfTab, saysSomething, TEXT_TABS, type TextDraft, type TextTab, textSetOf, wrongTabs } from "./text-draft";

interface Props {
  draft: TextDraft;
  onChange: (draft: TextDraft) => void;
  errors: Record<string, string>;
  /** What the paths of its errors begin with: `texts`, `notifications[0]`. */
  path: string;
  /** What of the manner the service knows. */
  manner: MessageOptions;
  /** What blank means: `Belfry's own words`. */
  usual: string;
  /** Whose words these are, for the preview. */
  as: "texts" | "ruleTexts";
  base: PreviewBase;
  show: ShowPreview;
}

const TAB_NAME: Record<TextTab, string> = {
  every: "Every outcome",
  success: "Success",
  warning: "Warning",
  failure: "Failure",
  info: "Info",
};

/** Own words for every outcome and for each, and beside them how the service will show them. */
export function TextEditor({ draft, onChange, errors, path, manner, usual, as, base, show }: Props) {
  const [tab, setTab] = useState<TextTab>("every");
  const wrong = wrongTabs(errors, path);
  const wrongNames = wrong.join(" ");
  // A refusal must not stand on a tab that nobody looks at.
  useEffect(() => {
    const names = wrongNames.split(" ");
    const first = TEXT_TABS.find((one) => names.includes(one));
    if (first) setTab((before) => (names.includes(before) ? before : first));
  }, [wrongNames]);
  return (
    <div className="@container">
      <Tabs.Root value={tab} onValueChange={(value) => setTab(value as TextTab)} className="flex flex-col gap-4">
        <Tabs.List aria-label="Outcome that the words are for" className="flex flex-wrap gap-1">
          {TEXT_TABS.map((one) => (
            <Tabs.Trigger
              key={one}
              value={one}
              className="inline-flex h-7 items-center gap-1.5 whitespace-nowrap rounded-md border border-line-strong px-2.5 text-muted text-xs transition-colors hover:bg-hover hover:text-ink data-[state=active]:border-ink data-[state=active]:font-medium data-[state=active]:text-ink pointer-coarse:h-9"
            >
              {TAB_NAME[one]}
              {wrong.includes(one) ? (
                <span className="text-failure">
                  <ShapeMark shape="square" />
                  <span className="sr-only">needs another look</span>
                </span>
              ) : (
                saysSomething(draft[one]) && (
                  <>
                    <ShapeMark shape="dot" className="size-1.5" />
                    <span className="sr-only">has own words</span>
                  </>
                )
              )}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        <div className="grid items-start gap-x-6 gap-y-5 @min-[680px]:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
          <Tabs.Content key={tab} value={tab} tabIndex={-1} className="min-w-0 outline-none">
            <FieldStack>
              <CustomTextFields
                words={draft[tab]}
                onChange={(words) => onChange({ ...draft, [tab]: words })}
                path={pathOfTab(path, tab)}
                errors={errors}
                manner={manner}
                usual={usual}
                fallback={tab === "every" ? undefined : draft.every}
              />
            </FieldStack>
          </Tabs.Content>
          <LivePreview base={{ ...base, [as]: textSetOf(draft) }} tab={tab} show={show} />
        </div>
      </Tabs.Root>
    </div>
  );
}
