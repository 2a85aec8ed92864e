import type { ReactNode } from "react";
import { LabelChips } from "@/components/label/label-chips";
import { ChannelHealthBadge, type HealthState } from "@/components/status/channel-health-badge";
import { Badge } from "@/components/ui/badge";
import { TextLink } from "@/components/ui/link-button";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { Labels } from "@/lib/core/label";
import type { Tone } from "@/lib/core/tone";
import { type ChannelUsageSummary, describeUsage } from "./channel-usage";
import { SubscribedBadges } from "./subscribed-badges";
import { type DeliveryCounts, TodayCounts } from "./today-counts";

export interface ChannelListItem {
  id: string;
  name: string;
  labels: Labels;
  provider: string;
  providerLabel: string;
  enabled: boolean;
  events: string[];
  usedBy: ChannelUsageSummary;
  today: DeliveryCounts;
  problem: string | null;
  health: HealthState;
  isFailing: boolean;
  isTested: boolean;
  isMuted: boolean;
  /** Milliseconds. */
  lastSuccessAt: number | null;
  lastErrorAt: number | null;
  lastError: string | null;
}

interface Props {
  channels: readonly ChannelListItem[];
  types: readonly { type: string; name: string; tone: Tone }[];
  /** SVG path data of the services' icons, by provider. */
  icons: Readonly<Record<string, string>>;
  /** The switch and the menu of a channel; left out for users who may not use them. */
  renderSwitch?: (channel: ChannelListItem) => ReactNode;
  renderMenu?: (channel: ChannelListItem) => ReactNode;
}

/** Channels with their health, last results, deliveries of today and usage. */
export function ChannelTable({ channels, types, icons, renderSwitch, renderMenu }: Props) {
  return (
    <>
      <IconSymbols icons={icons} />
      <Table label="Channels" compact="lg">
        <Thead>
          <Th width="w-48">Name</Th>
          <Th>Health</Th>
          <Th>Last success</Th>
          <Th>Last error</Th>
          <Th>Today</Th>
          <Th>Used by</Th>
          <Th>Subscribed events</Th>
          {renderSwitch ? <Th>Enabled</Th> : renderMenu && <Th hidden>Actions</Th>}
        </Thead>
        <Tbody>
          {channels.map((channel) => (
            <Tr key={channel.id} muted={!channel.enabled}>
              <Td inCompact="name">
                <span className="flex min-w-0 items-start gap-3">
                  <svg viewBox="0 0 24 24" aria-hidden="true" className="size-5 shrink-0 fill-current text-muted">
                    <use href={`#icon-${channel.provider}`} />
                  </svg>
                  <Primary
                    sub={channel.providerLabel}
                    compactSub={<CompactLine channel={channel} />}
                    labels={<LabelChips labels={channel.labels} list="/channels" />}
                  >
                    <TextLink href={`/channels/${channel.id}`}>{channel.name}</TextLink>
                  </Primary>
                </span>
              </Td>
              <Td inCompact="state">
                <span className="inline-flex flex-wrap gap-1">
                  <ChannelHealthBadge
                    health={channel.health}
                    enabled={channel.enabled}
                    failing={channel.isFailing}
                    isTested={channel.isTested}
                  />
                  {channel.isMuted && <Badge shape="ring">Muted</Badge>}
                </span>
              </Td>
              <Td className="whitespace-nowrap">
                <RelativeTime at={channel.lastSuccessAt} empty="never" />
              </Td>
              <Td>
                <LastError channel={channel} />
              </Td>
              <Td className="whitespace-nowrap">
                <TodayCounts channelId={channel.id} channelName={channel.name} today={channel.today} />
              </Td>
              <Td>{describeUsage(channel.usedBy)}</Td>
              <Td>
                <SubscribedBadges events={channel.events} types={types} />
              </Td>
              {(renderSwitch || renderMenu) && (
                <Td inCompact="menu">
                  <span className="flex items-center justify-end gap-2">
                    {renderSwitch && <span className="table-only">{renderSwitch(channel)}</span>}
                    {renderMenu?.(channel)}
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

/** The service, and its problem or its last success. */
function CompactLine({ channel: { providerLabel, problem, lastSuccessAt } }: { channel: ChannelListItem }) {
  return (
    <>
      {providerLabel}
      {" · "}
      {problem ? (
        <span className="text-failure">{problem}</span>
      ) : (
        <RelativeTime at={lastSuccessAt} prefix="sent " empty="nothing sent yet" />
      )}
    </>
  );
}

/** Each icon once, however many rows show it. */
function IconSymbols({ icons }: Pick<Props, "icons">) {
  return (
    <svg aria-hidden="true" className="absolute size-0">
      {Object.entries(icons).map(([provider, path]) => (
        <symbol key={provider} id={`icon-${provider}`} viewBox="0 0 24 24">
          <path d={path} />
        </symbol>
      ))}
    </svg>
  );
}

/** A current problem stands out; an error older than the last success is faint. */
function LastError({ channel: { problem, lastError, lastErrorAt, lastSuccessAt } }: { channel: ChannelListItem }) {
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
