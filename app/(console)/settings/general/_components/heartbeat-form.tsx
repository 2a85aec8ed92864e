"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { SaveBar } from "@/components/form/save-bar";
import { TestButton } from "@/components/form/test-button";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Field, FieldStack, FormRow } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { TextLink } from "@/components/ui/link-button";
import { ErrorNote } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { ScriptForm } from "@/components/ui/script-form";
import { Select } from "@/components/ui/select";
import { testHeartbeatAction, updateHeartbeatAction } from "../actions";

interface Props {
  settings: { channelId: string | null; everyMinutes: number };
  /** Channels of monitoring services. */
  monitors: readonly { id: string; name: string; providerLabel: string }[];
  /** The last heartbeat and its result; times in milliseconds. */
  last: { sentAt: number | null; isHealthy: boolean | null; error: string | null; errorAt: number | null };
}

/** Heartbeats of Belfry itself, so that a monitor notices when it does not run or does not work. */
export function HeartbeatForm({ settings, monitors, last }: Props) {
  const router = useRouter();
  const [channelId, setChannelId] = useState(settings.channelId ?? "");
  const form = useVerbForm(updateHeartbeatAction, { success: "Saved", onSuccess: () => router.refresh() });
  return (
    <ScriptForm
      {...form.bind((data) => {
        const minutes = String(data.get("everyMinutes")).trim();
        return { channelId: channelId || null, everyMinutes: minutes === "" ? Number.NaN : Number(minutes) };
      })}
    >
      <Panel title="Heartbeat" aside={settings.channelId === null ? "Off" : "On"}>
        <FieldStack>
          <p className="text-muted text-sm">
            Who notices when Belfry itself does not run? A monitor elsewhere, which misses its heartbeat. It is a
            success while scheduler, notifications and database work, and a failure as soon as one of them does not.
          </p>
          {settings.channelId !== null && <LastHeartbeat last={last} />}
          <FormRow>
            <Field label="Monitor" error={form.fields.channelId} help={monitors.length === 0 && <NoMonitors />}>
              <Select
                value={channelId}
                onChange={({ target }) => setChannelId(target.value)}
                options={[
                  { value: "", label: "None: no heartbeats" },
                  ...monitors.map(({ id, name, providerLabel }) => ({
                    value: id,
                    label: `${name} (${providerLabel})`,
                  })),
                ]}
              />
            </Field>
            <Field
              label="Every (minutes)"
              error={form.fields.everyMinutes}
              help="The monitor should wait for longer than that"
            >
              <Input
                name="everyMinutes"
                type="number"
                inputMode="numeric"
                min={1}
                defaultValue={settings.everyMinutes}
                className="num max-w-32"
              />
            </Field>
          </FormRow>
          <SaveBar isInset form={form} known={["channelId", "everyMinutes"]} saveLabel="Save heartbeat">
            <TestButton
              run={() => testHeartbeatAction({ channelId })}
              label="Send one now"
              disabled={channelId === ""}
            />
          </SaveBar>
        </FieldStack>
      </Panel>
    </ScriptForm>
  );
}

function NoMonitors() {
  return (
    <>
      No channel of a monitoring service yet. <TextLink href="/channels/new">Add a channel</TextLink>, such as
      Healthchecks or Uptime Kuma.
    </>
  );
}

function LastHeartbeat({ last }: Pick<Props, "last">) {
  return (
    <div className="flex flex-col gap-2 text-sm">
      <p className="text-muted">
        {last.sentAt === null ? (
          "No heartbeat was taken yet."
        ) : (
          <>
            Last heartbeat: <RelativeTime at={last.sentAt} />
            {last.error === null && last.isHealthy === false && ", a failure"}
          </>
        )}
      </p>
      {last.error !== null && last.errorAt !== null && (
        <ErrorNote title="The last heartbeat was not taken">
          {last.error} <RelativeTime at={last.errorAt} />
        </ErrorNote>
      )}
    </div>
  );
}
