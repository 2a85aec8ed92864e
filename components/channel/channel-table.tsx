import { ChannelHealthBadge } from "@/components/status/channel-health-badge";
import { TextLink } from "@/components/ui/link-button";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { Tone } from "@/lib/core/tone";
import { SubscribedBadges } from "./subscribed-badges";
import { type ChannelUsers, usedByText } from "./used-by";

export interface ChannelLine {
  id: string;
  name: string;
  providerLabel: string;
  enabled: boolean;
  events: string[];
  usedBy: ChannelUsers;
  problem: string | null;
  health: "healthy" | "trouble" | "paused";
  isFailing: boolean;
  /** Milliseconds. */
  lastSuccessAt: number | null;
  lastErrorAt: number | null;
  lastError: string | null;
}

/** Channels with how they are, what they said last, and who relies on them. */
export function ChannelTable({
  channels,
  types,
}: {
  channels: readonly ChannelLine[];
  types: readonly { type: string; name: string; tone: Tone }[];
}) {
  return (
    <Table label="Channels" stack="lg">
      <Thead>
        <Th>Name</Th>
        <Th>Health</Th>
        <Th>Last delivered</Th>
        <Th>Used by</Th>
        <Th>Subscribed events</Th>
      </Thead>
      <Tbody>
        {channels.map((channel) => (
          <Tr key={channel.id} muted={!channel.enabled}>
            <Td>
              <Primary sub={channel.providerLabel}>
                <TextLink href={`/channels/${channel.id}`}>{channel.name}</TextLink>
              </Primary>
            </Td>
            <Td label="Health">
              <Primary sub={wordsOf(channel)}>
                <ChannelHealthBadge health={channel.health} enabled={channel.enabled} failing={channel.isFailing} />
              </Primary>
            </Td>
            <Td label="Last delivered" className="whitespace-nowrap">
              <RelativeTime at={channel.lastSuccessAt} empty="never" />
            </Td>
            <Td label="Used by">{usedByText(channel.usedBy)}</Td>
            <Td label="Subscribed events">
              <SubscribedBadges events={channel.events} types={types} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** An error that a later success has outlived is no news. */
function wordsOf({ problem, lastError, lastErrorAt, lastSuccessAt }: ChannelLine): string | null {
  if (problem) return problem;
  return lastError && (lastErrorAt ?? 0) > (lastSuccessAt ?? 0) ? lastError : null;
}
