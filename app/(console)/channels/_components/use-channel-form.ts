"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import {
  deliveryRulesDraftOf,
  deliveryRulesOf,
  type StoredDeliveryRules,
} from "@/components/channel/delivery-rules/delivery-rules-draft";
import { textDraftOf, textSetOf } from "@/components/channel/texts/text-draft";
import { useSchemaForm } from "@/components/form/schema-form";
import { useDraftTest } from "@/components/form/use-draft-test";
import { useFormTabs } from "@/components/form/use-form-tabs";
import { useVerbForm } from "@/components/form/use-verb-form";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";
import type { TextSet } from "@/lib/core/delivery";
import type { Labels } from "@/lib/core/label";
import type { QuietHours } from "@/lib/core/quiet-hours";
import type { ChannelView } from "@/lib/services/channels/view";
import type { ProviderView } from "@/lib/services/providers/list";
import { createChannelAction, testChannelDraftAction, updateChannelAction } from "../actions";
import { CHANNEL_TABS, type ChannelTab, channelTabOf } from "./channel-tabs";

/** A stored channel as its form edits it. */
export interface EditedChannel extends StoredDeliveryRules {
  id: string;
  name: string;
  config: Record<string, unknown>;
  events: string[];
  texts: TextSet | null;
  labels: Labels;
  /** Milliseconds. */
  mutedUntil: number | null;
  quietHours: QuietHours | null;
}

export interface ChannelFormInput {
  provider: ProviderView;
  /** The tab that is open at first. */
  tab: ChannelTab;
  /** The stored channel; left out for a new one. */
  channel?: EditedChannel;
  /** Initial values of a new channel from pasted text. */
  initial?: { name: string; config: Record<string, unknown> };
}

/** What the form holds, what of it differs from what is stored, and what a new channel is made from. */
function useChannelDraft({ provider, channel, initial }: ChannelFormInput) {
  const schemaForm = useSchemaForm(provider.schema, channel?.config ?? initial?.config);
  const [name, setName] = useState(channel?.name ?? initial?.name ?? "");
  const [events, setEvents] = useState(channel?.events ?? []);
  const [texts, setTexts] = useState(() => textDraftOf(channel?.texts ?? null));
  const [rules, setRules] = useState(() => deliveryRulesDraftOf(channel));
  const [labels, setLabels] = useState<Labels>(channel?.labels ?? {});
  const [saved, setSaved] = useState({ name, events, texts, rules, labels });
  const { config } = schemaForm;
  const textSet = textSetOf(texts);
  const whole = { name, config, events, ...deliveryRulesOf(rules), texts: textSet, labels };
  const changes = {
    ...(name !== saved.name && { name }),
    ...(schemaForm.dirty && { config }),
    ...(events !== saved.events && { events }),
    ...(texts !== saved.texts && { texts: textSet }),
    ...(rules !== saved.rules && deliveryRulesOf(rules)),
    ...(labels !== saved.labels && { labels }),
  };
  const noteSaved = ({ name: stored, config: storedConfig }: ChannelView) => {
    setName(stored);
    setSaved({ name: stored, events, texts, rules, labels });
    // Typed secrets are stored now, and shown so.
    schemaForm.reset(storedConfig ?? undefined);
  };
  const fields = { schemaForm, name, setName, events, setEvents, texts, setTexts, rules, setRules, labels, setLabels };
  return { fields, whole, changes, noteSaved };
}

/** State of a channel form. A new channel is created whole; a stored one sends only what was changed. */
export function useChannelForm(input: ChannelFormInput) {
  const { provider, tab, channel } = input;
  const router = useRouter();
  const { fields, whole, changes, noteSaved } = useChannelDraft(input);
  const save = async (): Promise<ActionResult<ChannelView>> =>
    channel
      ? updateChannelAction({ id: channel.id, ...changes })
      : createChannelAction({ provider: provider.id, ...whole });
  const form = useVerbForm(save, {
    onSuccess: (stored) => {
      draftTest.clear();
      toast.success(channel ? "Saved" : `${stored.name} was created.`);
      if (!channel) return router.push(`/channels/${stored.id}`);
      noteSaved(stored);
      router.refresh();
    },
  });
  const draftTest = useDraftTest(form, () =>
    testChannelDraftAction({
      ...(channel && { id: channel.id }),
      name: whole.name.trim() || provider.label,
      provider: provider.id,
      config: whole.config,
    }),
  );
  const tabs = useFormTabs(CHANNEL_TABS, tab, channelTabOf, form.formRef);
  /** Where one or the other was refused: the field that is wrong is shown. */
  const showInvalid = <O>(answer: ActionResult<O>): ActionResult<O> => {
    if (!answer.ok) tabs.openFirstInvalid(answer.error.fields ?? {});
    return answer;
  };
  return {
    ...fields,
    form,
    tabs,
    isDirty: Object.keys(changes).length > 0,
    errors: { ...draftTest.fields, ...form.fields },
    submit: async () => {
      const answer = await form.submit(undefined);
      if (answer) showInvalid(answer);
    },
    test: async () => showInvalid(await draftTest.test()),
  };
}

export type ChannelFormState = ReturnType<typeof useChannelForm>;
