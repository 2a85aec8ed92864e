"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { SaveBar } from "@/components/form/save-bar";
import { useVerbForm } from "@/components/form/use-verb-form";
import { playTone } from "@/components/inbox/announce";
import { Checkbox } from "@/components/ui/checkbox";
import { Field, FieldStack } from "@/components/ui/field";
import { Note } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import { ScriptForm } from "@/components/ui/script-form";
import { Select } from "@/components/ui/select";
import type { InboxPreferences } from "@/lib/core/inbox";
import type { InboxCategory } from "@/lib/services/notifications/list";
import { updateInboxAction } from "../actions";

interface Props {
  stored: InboxPreferences;
  categories: readonly InboxCategory[];
}

/** What the bell counts for the signed-in user, and how it says that something is new. */
export function InboxForm({ stored, categories }: Props) {
  const router = useRouter();
  const [counts, setCounts] = useState(stored.counts);
  const [counted, setCounted] = useState<readonly InboxCategory[]>(
    categories.filter((category) => stored.categories === null || stored.categories.includes(category)),
  );
  const [browser, setBrowser] = useState(stored.browser);
  const [sound, setSound] = useState(stored.sound);
  const [keys, setKeys] = useState(stored.keys);
  const [refusal, setRefusal] = useState<string>();
  const form = useVerbForm(updateInboxAction, { success: "Saved", onSuccess: () => router.refresh() });
  const isAll = counted.length === categories.length;
  const changeBrowser = async (isWanted: boolean) => {
    const sentence = isWanted ? await askPermission() : null;
    setRefusal(sentence ?? undefined);
    setBrowser(isWanted && sentence === null);
  };
  return (
    <ScriptForm
      className="flex flex-col gap-4"
      {...form.bind(() => ({ counts, categories: isAll ? null : [...counted], browser, sound, keys }))}
    >
      <Panel title="Bell and inbox" id="bell">
        <FieldStack>
          <Field label="Badge counts" error={form.fields.counts} help="What is unread, not resolved and not snoozed">
            <Select
              value={counts}
              onChange={(event) => setCounts(event.target.value === "everything" ? "everything" : "problems")}
              options={[
                { value: "problems", label: "Problems only" },
                { value: "everything", label: "Everything" },
              ]}
            />
          </Field>
          <fieldset>
            <legend className="mb-1 font-medium text-sm">Of these categories</legend>
            <div className="grid gap-x-4 sm:grid-cols-3">
              {categories.map((category) => (
                <Checkbox
                  key={category}
                  label={category}
                  checked={counted.includes(category)}
                  onChange={({ target: { checked } }) =>
                    setCounted(categories.filter((one) => (one === category ? checked : counted.includes(one))))
                  }
                />
              ))}
            </div>
          </fieldset>
          <Checkbox
            label="Notifications of the browser"
            description="For what is new, while a page of Belfry is open in this browser"
            checked={browser}
            onChange={(event) => void changeBrowser(event.target.checked)}
          />
          {refusal && <Note tone="warning">{refusal}</Note>}
          <Checkbox
            label="Sound"
            description="A short tone, while a page of Belfry is open"
            checked={sound}
            onChange={(event) => {
              setSound(event.target.checked);
              if (event.target.checked) playTone();
            }}
          />
          <Checkbox
            label="Keys of the inbox"
            description="j and k go to the next and the previous entry, r marks it as read, e acknowledges it. Turn them off if you speak to your computer, or use single letters for something else"
            checked={keys}
            onChange={(event) => setKeys(event.target.checked)}
          />
          <SaveBar isInset form={form} known={["counts", "categories", "browser", "sound", "keys"]} />
        </FieldStack>
      </Panel>
    </ScriptForm>
  );
}

/** @returns why the browser shows none; null when it does */
async function askPermission(): Promise<string | null> {
  if (typeof Notification === "undefined") {
    return "This browser shows no notifications for this address. Most do so only for an address with https.";
  }
  const answer = await Notification.requestPermission();
  return answer === "granted"
    ? null
    : "The browser does not permit notifications of this address. Permit them in its settings of this page, then try again.";
}
