import type { ReactNode } from "react";
import { ChannelHealthBadge } from "@/components/status/channel-health-badge";
import { Badge } from "@/components/ui/badge";
import { TextLink } from "@/components/ui/link-button";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { Tone } from "@/lib/core/tone";
import { SubscribedBadges } from "./subscribed-badges";
import { type Today, TodayCounts } from "./today-counts";
import { type ChannelUsers, usedByText } from "./used-by";

export interface ChannelLine {
  id: string;
  name: string;
  provider: string;
  providerLabel: string;
  enabled: boolean;
  events: string[];
  usedBy: ChannelUsers;
  today: Today;
  problem: string | null;
  health: "healthy" | "retrying" | "paused";
  isFailing: boolean;
  isMuted: boolean;
  /** Milliseconds. */
  lastSuccessAt: number | null;
  lastErrorAt: number | null;
  lastError: string | null;
}

interface Props {
  channels: readonly ChannelLine[];
  types: readonly { type: string; name: string; tone: Tone }[];
  /** Path data of the services' marks, by provider. */
  marks: Readonly<Record<string, string>>;
  /** The switch of a row, and its menu; none for those who may not use them. */
  switchOf?: (channel: ChannelLine) => ReactNode;
  menuOf?: (channel: ChannelLine) => ReactNode;
}

/** Channels with how they are, what they said last, what went through today, and who relies on them. */
export function ChannelTable({ channels, types, marks, switchOf, menuOf }: Props) {
  return (
    <>
      <Marks marks={marks} />
      <Table label="Channels" stack="lg">
        <Thead>
          <Th>Name</Th>
          <Th>Health</Th>
          <Th>Last success</Th>
          <Th>Last error</Th>
          <Th>Today</Th>
          <Th>Used by</Th>
          <Th>Subscribed events</Th>
          {switchOf ? <Th>On</Th> : menuOf && <Th hidden>More</Th>}
        </Thead>
        <Tbody>
          {channels.map((channel) => (
            <Tr key={channel.id} muted={!channel.enabled}>
              <Td>
                <span className="flex items-center gap-3">
                  <svg viewBox="0 0 24 24" aria-hidden="true" className="size-5 shrink-0 fill-current text-muted">
                    <use href={`#mark-${channel.provider}`} />
                  </svg>
                  <Primary sub={channel.providerLabel}>
                    <TextLink href={`/channels/${channel.id}`}>{channel.name}</TextLink>
                  </Primary>
                </span>
              </Td>
              <Td label="Health">
                <span className="inline-flex flex-wrap gap-1">
                  <ChannelHealthBadge health={channel.health} enabled={channel.enabled} failing={channel.isFailing} />
                  {channel.isMuted && <Badge shape="ring">Muted</Badge>}
                </span>
              </Td>
              <Td label="Last success" className="whitespace-nowrap">
                <RelativeTime at={channel.lastSuccessAt} empty="never" />
              </Td>
              <Td label="Last error">
                <LastError channel={channel} />
              </Td>
              <Td label="Today" className="whitespace-nowrap">
                <TodayCounts channelId={channel.id} channelName={channel.name} today={channel.today} />
              </Td>
              <Td label="Used by">{usedByText(channel.usedBy)}</Td>
              <Td label="Subscribed events">
                <SubscribedBadges events={channel.events} types={types} />
              </Td>
              {(switchOf || menuOf) && (
                <Td label={switchOf && "On"}>
                  <span className="flex items-center justify-end gap-2">
                    {switchOf?.(channel)}
                    {menuOf?.(channel)}
                  </span>
                </Td>
              )}
            </Tr>
          ))}
        </Tbody>
      </Table>
    </>
  );
}

/** Each mark once, however many rows show it. */
function Marks({ marks }: Pick<Props, "marks">) {
  return (
    <svg aria-hidden="true" className="absolute size-0">
      {Object.entries(marks).map(([provider, path]) => (
        <symbol key={provider} id={`mark-${provider}`} viewBox="0 0 24 24">
          <path d={path} />
        </symbol>
      ))}
    </svg>
  );
}

/** What is wrong now stands out; an error that a later success has outlived is faint. */
function LastError({ channel: { problem, lastError, lastErrorAt, lastSuccessAt } }: { channel: ChannelLine }) {
  if (problem) return <span className="line-clamp-3 text-failure text-xs">{problem}</span>;
  if (lastErrorAt === null) return <span className="text-faint">none</span>;
  const isOver = (lastSuccessAt ?? 0) >= lastErrorAt;
  return (
    <span className={isOver ? "text-faint" : "text-ink"}>
      <RelativeTime at={lastErrorAt} />
      {lastError && (
        <span title={lastError} className="line-clamp-2 max-w-64 text-muted text-xs [overflow-wrap:anywhere]">
          {lastError}
        </span>
      )}
    </span>
  );
}
