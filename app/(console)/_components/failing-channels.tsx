import { msOf } from "@/components/ms-of";
import { ChannelHealthBadge, type HealthState } from "@/components/status/channel-health-badge";
import { Link } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { channelPath } from "@/lib/core/system-mail";

export interface FailingChannel {
  id: string;
  name: string;
  providerLabel: string;
  enabled: boolean;
  health: {
    state: HealthState;
    retryingSince: string | null;
    pausedUntil: string | null;
    failingSince: string | null;
    lastError: string | null;
  };
}

/** Channels that cannot deliver at the moment. */
export function FailingChannels({ channels }: { channels: readonly FailingChannel[] }) {
  if (channels.length === 0) return null;
  return (
    <Panel title="Failing channels" padded={false}>
      <Table label="Failing channels" compact="md">
        <Thead>
          <Th>Channel</Th>
          <Th>State</Th>
          <Th>Since</Th>
          <Th>Last error</Th>
        </Thead>
        <Tbody>
          {channels.map((channel) => (
            <Tr key={channel.id}>
              <Td inCompact="name">
                <Primary sub={channel.providerLabel} compactSub={channel.health.lastError ?? channel.providerLabel}>
                  <Link href={channelPath(channel.id)} className="hover:underline">
                    {channel.name}
                  </Link>
                </Primary>
              </Td>
              <Td inCompact="state">
                <ChannelHealthBadge
                  health={channel.health.state}
                  enabled={channel.enabled}
                  failing={channel.health.failingSince !== null}
                />
              </Td>
              <Td className="text-muted">
                {channel.health.state === "paused" ? (
                  <RelativeTime at={msOf(channel.health.pausedUntil)} prefix="ends " />
                ) : (
                  <RelativeTime at={msOf(channel.health.retryingSince ?? channel.health.failingSince)} />
                )}
              </Td>
              <Td className="text-muted">{channel.health.lastError}</Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </Panel>
  );
}
