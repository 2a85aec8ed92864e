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
import { useVerbForm } from "@/components/form/use-verb-form";
import { toast } from "@/components/ui/toast";
import type { ActionResult } from "@/lib/core/action-error";
import type { TextSet } from "@/lib/core/delivery";
import type { Labels } from "@/lib/core/label";
import type { QuietHours } from "@/lib/core/quiet-hours";
import type { ChannelView } from "@/lib/services/channels/view";
import type { ProviderView } from "@/lib/services/providers/list";
import { createChannelAction, testChannelDraftAction, updateChannelAction } from "../actions";

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
  /** The stored channel; left out for a new one. */
  channel?: EditedChannel;
  /** Initial values of a new channel from pasted text. */
  initial?: { name: string; config: Record<string, unknown> };
}

/** State of a channel form. A new channel is created whole; a stored one sends only what was changed. */
export function useChannelForm({ provider, channel, initial }: ChannelFormInput) {
  const router = useRouter();
  const schemaForm = useSchemaForm(provider.schema, channel?.config ?? initial?.config);
  const [name, setName] = useState(channel?.name ?? initial?.name ?? "");
  const [events, setEvents] = useState(channel?.events ?? []);
  const [texts, setTexts] = useState(() => textDraftOf(channel?.texts ?? null));
  const [rules, setRules] = useState(() => deliveryRulesDraftOf(channel));
  const [labels, setLabels] = useState<Labels>(channel?.labels ?? {});
  const [saved, setSaved] = useState({ name, events, texts, rules, labels });

  const save = async (): Promise<ActionResult<ChannelView>> => {
    const { config } = schemaForm;
    const textSet = textSetOf(texts);
    if (!channel) {
      return createChannelAction({
        name,
        provider: provider.id,
        config,
        events,
        ...deliveryRulesOf(rules),
        texts: textSet,
        labels,
      });
    }
    return updateChannelAction({
      id: channel.id,
      ...(name !== saved.name && { name }),
      ...(schemaForm.dirty && { config }),
      ...(events !== saved.events && { events }),
      ...(texts !== saved.texts && { texts: textSet }),
      ...(rules !== saved.rules && deliveryRulesOf(rules)),
      ...(labels !== saved.labels && { labels }),
    });
  };
  const form = useVerbForm(save, {
    onSuccess: ({ id, name: stored, config }) => {
      draftTest.clear();
      toast.success(channel ? "Saved" : `${stored} was created.`);
      if (!channel) return router.push(`/channels/${id}`);
      setName(stored);
      setSaved({ name: stored, events, texts, rules, labels });
      // Typed secrets are stored now, and shown so.
      schemaForm.reset(config ?? undefined);
      router.refresh();
    },
  });
  const draftTest = useDraftTest(form, () =>
    testChannelDraftAction({
      ...(channel && { id: channel.id }),
      name: name.trim() || provider.label,
      provider: provider.id,
      config: schemaForm.config,
    }),
  );
  const errors = { ...draftTest.fields, ...form.fields };
  return {
    form,
    schemaForm,
    errors,
    test: draftTest.test,
    name,
    setName,
    events,
    setEvents,
    texts,
    setTexts,
    rules,
    setRules,
    labels,
    setLabels,
  };
}

export type ChannelFormState = ReturnType<typeof useChannelForm>;
