import { msOf } from "@/components/ms-of";
import { ChannelHealthBadge } from "@/components/status/channel-health-badge";
import { Link } from "@/components/ui/link";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";

export interface FailingChannel {
  id: string;
  name: string;
  providerLabel: string;
  enabled: boolean;
  health: {
    state: "healthy" | "retrying" | "paused";
    retryingSince: string | null;
    pausedUntil: string | null;
    failingSince: string | null;
    lastError: string | null;
  };
}

/** Channels through which nothing gets out at the moment: whoever relies on them should know. */
export function FailingChannels({ channels }: { channels: readonly FailingChannel[] }) {
  if (channels.length === 0) return null;
  return (
    <Panel title="Channels in trouble" padded={false}>
      <Table label="Channels in trouble">
        <Thead>
          <Th>Channel</Th>
          <Th>State</Th>
          <Th>Since</Th>
          <Th>In the service's words</Th>
        </Thead>
        <Tbody>
          {channels.map((channel) => (
            <Tr key={channel.id}>
              <Td>
                <Primary sub={channel.providerLabel}>
                  <Link href={`/channels/${channel.id}`} className="hover:underline">
                    {channel.name}
                  </Link>
                </Primary>
              </Td>
              <Td label="State">
                <ChannelHealthBadge
                  health={channel.health.state}
                  enabled={channel.enabled}
                  failing={channel.health.failingSince !== null}
                />
              </Td>
              <Td label="Since" className="text-muted">
                {channel.health.state === "paused" ? (
                  <RelativeTime at={msOf(channel.health.pausedUntil)} prefix="ends " />
                ) : (
                  <RelativeTime at={msOf(channel.health.retryingSince ?? channel.health.failingSince)} />
                )}
              </Td>
              <Td label="Error" className="text-muted">
                {channel.health.lastError}
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </Panel>
  );
}
