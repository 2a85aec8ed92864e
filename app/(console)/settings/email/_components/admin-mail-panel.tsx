"use client";

import { useId } from "react";
import { ChannelHealthBadge, type HealthState } from "@/components/status/channel-health-badge";
import { TextLink } from "@/components/ui/link-button";
import { ErrorNote, Note } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import { Switch } from "@/components/ui/switch";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { useAdminMail } from "./use-admin-mail";

export interface MailedEvent {
  type: string;
  name: string;
  category: string;
  description: string;
}

interface Props {
  types: readonly MailedEvent[];
  /** By event type, as stored. */
  mailAdmins: Record<string, boolean>;
  /** Null: no server is set. */
  health: { state: HealthState; failingSince: string | null; lastError: string | null } | null;
}

/** Which events the system mail server sends to every administrator. Each switch is saved immediately. */
export function AdminMailPanel({ types, mailAdmins, health }: Props) {
  const { switches, save, pending, error } = useAdminMail(mailAdmins);
  const categories = [...new Set(types.map(({ category }) => category))];
  return (
    <Panel
      id="administrators"
      title="Mail to all administrators"
      padded={false}
      aside={<span role="status">{pending ? "Saving…" : "Changes are saved immediately"}</span>}
    >
      <div className="flex flex-col gap-3 border-line border-b p-4">
        <p className="text-muted text-sm">
          Each administrator gets a mail of their own, with times in their own time zone. An address that gets the event
          through an Email channel anyway gets no second one.
        </p>
        {health ? (
          <Health {...health} />
        ) : (
          <Note tone="warning" title="No mail is sent yet">
            These switches take effect once a system mail server is saved on this page.
          </Note>
        )}
        {error && <ErrorNote title="Not saved">{error.message}</ErrorNote>}
      </div>
      {categories.map((category) => (
        <section key={category} className="border-line border-t px-4 pt-3 pb-2 first-of-type:border-t-0">
          <h3 className="mb-1 font-medium text-muted text-xs">{category}</h3>
          <ul className="grid gap-x-6 sm:grid-cols-2 lg:grid-cols-1">
            {types
              .filter((event) => event.category === category)
              .map((event) => (
                <EventSwitch
                  key={event.type}
                  event={event}
                  isOn={switches[event.type] ?? false}
                  onChange={(isOn) => save(event.type, isOn)}
                />
              ))}
          </ul>
        </section>
      ))}
    </Panel>
  );
}

/** Nothing while all is well. */
function Health({ state, failingSince, lastError }: NonNullable<Props["health"]>) {
  if (state === "healthy" && failingSince === null) return null;
  return (
    <ErrorNote
      title={
        <span className="flex flex-wrap items-center gap-2">
          Mail to administrators does not get through
          <ChannelHealthBadge health={state} failing={failingSince !== null} />
        </span>
      }
      detail={lastError}
      advice={
        <>
          What waits is tried again for 24 hours.{" "}
          <TextLink href={`/deliveries?channelId=${SYSTEM_MAIL_ID}`}>Show the deliveries</TextLink>
        </>
      }
    />
  );
}

interface EventSwitchProps {
  event: MailedEvent;
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

function EventSwitch({ event: { name, description }, isOn, onChange }: EventSwitchProps) {
  const id = useId();
  return (
    <li className="flex items-start gap-3 py-2">
      <Switch
        aria-labelledby={id}
        aria-describedby={`${id}-description`}
        checked={isOn}
        onCheckedChange={onChange}
        className="-mt-0.5"
      />
      <div className="min-w-0">
        <p id={id} className="font-medium text-sm">
          {name}
        </p>
        <p id={`${id}-description`} className="text-faint text-xs">
          {description}
        </p>
      </div>
    </li>
  );
}
