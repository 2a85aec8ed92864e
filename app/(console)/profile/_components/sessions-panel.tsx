import { msOf } from "@/components/ms-of";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { SessionView } from "@/lib/services/profile/sessions";
import { EndOtherSessions, EndSession } from "./end-session";

const BEGAN: Record<SessionView["method"], string> = {
  password: "Signed in",
  invitation: "Accepted the invitation",
  setup: "Set up Belfry",
};

/** Where the signed-in user is signed in, with the buttons that end a session. */
export function SessionsPanel({ sessions }: { sessions: SessionView[] }) {
  const others = sessions.filter(({ isCurrent }) => !isCurrent).length;
  return (
    <Panel title="Sessions" padded={false} aside={others > 0 && <EndOtherSessions count={others} />}>
      {sessions.length === 0 ? (
        <EmptyState title="No sessions">You are signed in nowhere.</EmptyState>
      ) : (
        <Table label="Sessions" stack="sm">
          <Thead>
            <Th>Device</Th>
            <Th>Address</Th>
            <Th>Last seen</Th>
            <Th hidden>Actions</Th>
          </Thead>
          <Tbody>
            {sessions.map(({ id, device, address, method, createdAt, lastSeenAt, isCurrent }) => (
              <Tr key={id}>
                <Td>
                  <Primary sub={<RelativeTime prefix={`${BEGAN[method]} `} at={msOf(createdAt)} />}>
                    {device ?? "Unknown device"}
                  </Primary>
                </Td>
                <Td label="Address">{address ?? "–"}</Td>
                <Td label="Last seen">
                  <RelativeTime at={msOf(lastSeenAt)} />
                </Td>
                <Td actions>
                  {isCurrent ? <Badge>This session</Badge> : <EndSession id={id} device={device ?? "Unknown device"} />}
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
    </Panel>
  );
}
