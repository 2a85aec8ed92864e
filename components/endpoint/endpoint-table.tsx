import { UsedBy } from "@/components/endpoint/used-by";
import { formatBytes, pluralize } from "@/components/format";
import { LabelChips } from "@/components/label/label-chips";
import { msOf } from "@/components/ms-of";
import { ConnectionBadge } from "@/components/status/connection-badge";
import { Link } from "@/components/ui/link";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { EndpointLine } from "./endpoint-line";
import { ENDPOINT_TEXT, type EndpointNoun } from "./endpoint-text";

interface Props {
  noun: EndpointNoun;
  endpoints: readonly EndpointLine[];
}

export function EndpointTable({ noun, endpoints }: Props) {
  const hasUsage = endpoints.some(({ usage }) => usage);
  return (
    <Table label={ENDPOINT_TEXT[noun].title} compact="md">
      <Thead>
        <Th>{noun === "source" ? "Source" : "Destination"}</Th>
        <Th>Connection</Th>
        <Th>Location</Th>
        {hasUsage && <Th num>Stored</Th>}
        {hasUsage && <Th num>Free</Th>}
        <Th>Used by</Th>
        {!hasUsage && <Th>Created</Th>}
      </Thead>
      <Tbody>
        {endpoints.map((endpoint) => (
          <Tr key={endpoint.id}>
            <Td inCompact="name">
              <Primary
                sub={endpoint.kindLabel}
                compactSub={describeInLine(endpoint)}
                labels={<LabelChips labels={endpoint.labels} list={`/${noun}s`} />}
              >
                <Link href={`/${noun}s/${endpoint.id}`} className="hover:underline">
                  {endpoint.name}
                </Link>
              </Primary>
            </Td>
            <Td inCompact="state">
              <ConnectionBadge state={endpoint.connection.state} />
            </Td>
            <Td>
              <span className="num text-muted text-xs [overflow-wrap:anywhere]">{endpoint.summary}</span>
            </Td>
            {endpoint.usage && (
              <Td num>
                <span>
                  {formatBytes(endpoint.usage.bytes)}
                  <span className="text-faint"> in {pluralize(endpoint.usage.count, "backup")}</span>
                </span>
              </Td>
            )}
            {endpoint.usage && (
              <Td num>{endpoint.usage.freeBytes === null ? "–" : formatBytes(endpoint.usage.freeBytes)}</Td>
            )}
            <Td>
              <UsedBy jobs={endpoint.usedBy} allHref={`/jobs?${noun}Id=${endpoint.id}`} />
            </Td>
            {!hasUsage && (
              <Td className="text-muted">
                <RelativeTime at={msOf(endpoint.createdAt)} />
              </Td>
            )}
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** Its kind, and how full it is or where it is. */
function describeInLine({ kindLabel, usage, summary }: EndpointLine): string {
  if (!usage) return `${kindLabel} · ${summary}`;
  const free = usage.freeBytes === null ? "" : `, ${formatBytes(usage.freeBytes)} free`;
  return `${kindLabel} · ${formatBytes(usage.bytes)} stored${free}`;
}
