import { formatBytes } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { EmptyState } from "@/components/ui/empty-state";
import { Link } from "@/components/ui/link";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { ArchiveView } from "@/lib/services/repositories/archives";
import { archiveAddress } from "./archive-address";

interface Props {
  id: string;
  items: readonly ArchiveView[];
  /** The reader may look into them. */
  canBrowse: boolean;
}

/** The archives of a repository. */
export function ArchiveTable({ id, items, canBrowse }: Props) {
  if (items.length === 0)
    return <EmptyState title="No archives yet">The first backup into this repository makes one.</EmptyState>;
  return (
    <Table label="Archives">
      <Thead>
        <Th>Archive</Th>
        <Th width="w-44">Created</Th>
        <Th num width="w-28">
          Files
        </Th>
        <Th num width="w-28">
          Size
        </Th>
      </Thead>
      <Tbody>
        {items.map(({ name, id: archiveId, createdAt, originalBytes, files, tags }) => (
          <Tr key={archiveId}>
            <Td>
              <Primary sub={tags.join(", ") || null}>
                {canBrowse ? (
                  <Link href={archiveAddress(id, name)} className="hover:underline">
                    {name}
                  </Link>
                ) : (
                  name
                )}
              </Primary>
            </Td>
            <Td label="Created">
              <RelativeTime at={msOf(createdAt)} />
            </Td>
            <Td label="Files" num>
              {files === null ? "–" : files.toLocaleString("en-US")}
            </Td>
            <Td label="Size" num>
              {originalBytes === null ? "–" : formatBytes(originalBytes)}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
