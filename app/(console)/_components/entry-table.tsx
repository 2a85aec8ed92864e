import { formatBytes } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { EmptyState } from "@/components/ui/empty-state";
import { Link } from "@/components/ui/link";
import { LinkButton } from "@/components/ui/link-button";
import { RelativeTime } from "@/components/ui/relative-time";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { EntriesView } from "@/lib/services/repositories/entries";

type Entry = EntriesView["items"][number];
const TYPE_NAMES: Record<Entry["type"], string> = { folder: "Folder", file: "File", link: "Link", other: "Other" };

interface Props {
  /** Empty: the root. */
  path: string;
  items: readonly Entry[];
  /** The page of a folder. */
  folderHref(path: string): string;
  /** Where a file is downloaded; none: it is not. */
  fileHref?(path: string): string;
}

/** What lies in a folder of an archive. */
export function EntryTable({ path, items, folderHref, fileHref }: Props) {
  if (items.length === 0) return <EmptyState title="Empty">Nothing lies in this folder.</EmptyState>;
  return (
    <Table label={`Files in /${path}`}>
      <Thead>
        <Th>Name</Th>
        <Th width="w-24">Type</Th>
        <Th width="w-44">Changed</Th>
        <Th num width="w-28">
          Size
        </Th>
        {fileHref && (
          <Th width="w-32">
            <span className="sr-only">Download</span>
          </Th>
        )}
      </Thead>
      <Tbody>
        {items.map((entry) => (
          <Tr key={entry.path}>
            <Td>
              <Primary>
                <EntryName entry={entry} folderHref={folderHref} />
              </Primary>
            </Td>
            <Td label="Type">{TYPE_NAMES[entry.type]}</Td>
            <Td label="Changed">{entry.modifiedAt === null ? "–" : <RelativeTime at={msOf(entry.modifiedAt)} />}</Td>
            <Td label="Size" num>
              {entry.type === "file" ? formatBytes(entry.bytes) : "–"}
            </Td>
            {fileHref && (
              <Td actions>
                {entry.type === "file" && isAddressable(entry) && (
                  <LinkButton size="sm" href={fileHref(entry.path)} download>
                    Download
                  </LinkButton>
                )}
              </Td>
            )}
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function EntryName({ entry, folderHref }: { entry: Entry } & Pick<Props, "folderHref">) {
  if (entry.type !== "folder" || !isAddressable(entry)) return entry.name;
  return (
    <Link href={folderHref(entry.path)} className="hover:underline">
      {entry.name}
    </Link>
  );
}

/** A name that is no Unicode text cannot be part of an address. */
const isAddressable = ({ path }: Entry) => path.isWellFormed();
