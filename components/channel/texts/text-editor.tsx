"use client";

import { Tabs } from "radix-ui";
import { useEffect, useState } from "react";
import { ShapeMark } from "@/components/ui/badge";
import { FieldStack } from "@/components/ui/field";
import { CustomTextFields, type MessageOptions } from "./custom-text-fields";
import { LivePreview, type PreviewBase, type ShowPreview } from "./live-preview";
import {
  findInvalidTabs,
  hasCustomText,
  TEXT_TABS,
  type TextDraft,
  type TextTab,
  tabPath,
  textSetOf,
} from "./text-draft";

interface Props {
  draft: TextDraft;
  onChange: (draft: TextDraft) => void;
  errors: Record<string, string>;
  /** Prefix of the paths of its errors: `texts`, `notifications[0]`. */
  path: string;
  /** Message options that the service supports. */
  options: MessageOptions;
  /** What applies to blank fields: `Belfry's default text`. */
  defaultText: string;
  /** Whose text this is, for the preview. */
  as: "texts" | "ruleTexts";
  base: PreviewBase;
  show: ShowPreview;
}

const TAB_LABEL: Record<TextTab, string> = {
  every: "All outcomes",
  success: "Success",
  warning: "Warning",
  failure: "Failure",
  info: "Info",
};

/** Custom text for all outcomes and for each, beside a preview of the message. */
export function TextEditor({ draft, onChange, errors, path, options, defaultText, as, base, show }: Props) {
  const [tab, setTab] = useState<TextTab>("every");
  const invalid = findInvalidTabs(errors, path);
  const invalidNames = invalid.join(" ");
  // Show the tab with the first error.
  useEffect(() => {
    const names = invalidNames.split(" ");
    const first = TEXT_TABS.find((one) => names.includes(one));
    if (first) setTab((before) => (names.includes(before) ? before : first));
  }, [invalidNames]);
  return (
    <div className="@container">
      <Tabs.Root value={tab} onValueChange={(value) => setTab(value as TextTab)} className="flex flex-col gap-4">
        <Tabs.List aria-label="Outcome of the text" className="flex flex-wrap gap-1">
          {TEXT_TABS.map((one) => (
            <Tabs.Trigger
              key={one}
              value={one}
              className="inline-flex h-7 items-center gap-1.5 whitespace-nowrap rounded-md border border-line-strong px-2.5 text-muted text-xs transition-colors hover:bg-hover hover:text-ink data-[state=active]:border-ink data-[state=active]:font-medium data-[state=active]:text-ink pointer-coarse:h-9"
            >
              {TAB_LABEL[one]}
              {invalid.includes(one) ? (
                <span className="text-failure">
                  <ShapeMark shape="square" />
                  <span className="sr-only">invalid</span>
                </span>
              ) : (
                hasCustomText(draft[one]) && (
                  <>
                    <ShapeMark shape="dot" className="size-1.5" />
                    <span className="sr-only">customized</span>
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
                text={draft[tab]}
                onChange={(text) => onChange({ ...draft, [tab]: text })}
                path={tabPath(path, tab)}
                errors={errors}
                options={options}
                defaultText={defaultText}
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
