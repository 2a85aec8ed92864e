import type { Metadata } from "next";
import { Suspense } from "react";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { Badge } from "@/components/ui/badge";
import { CodeBlock } from "@/components/ui/code-block";
import { Panel } from "@/components/ui/panel";
import { Primary, Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import { installationTools } from "@/lib/services/installation/tools";
import { pageOrNull } from "@/lib/web/page";

export const metadata: Metadata = { title: "Tools" };

export default function ToolsPage() {
  return (
    <>
      <Crumbs items={[{ label: "Settings", href: "/settings" }, { label: "Tools" }]} />
      <Suspense fallback={<p className="text-muted text-sm">Asking the programs for their versions…</p>}>
        <Tools />
      </Suspense>
    </>
  );
}

async function Tools() {
  const found = await pageOrNull(installationTools, {});
  if (!found) return null;
  const { tools, installCommand } = found;
  return (
    <>
      {installCommand && (
        <Panel title="Install the rest">
          <div className="flex flex-col gap-3">
            <p className="text-muted text-sm">
              What is not installed is needed only for what it enables. On Debian, as root:
            </p>
            <CodeBlock label="install command">{installCommand}</CodeBlock>
          </div>
        </Panel>
      )}
      <Panel title="Programs" padded={false} aside="On the machine that serves this page">
        <Table label="Programs" stack="sm">
          <Thead>
            <Th>Program</Th>
            <Th>Version</Th>
            <Th>Enables</Th>
            <Th>Debian package</Th>
          </Thead>
          <Tbody>
            {tools.map((tool) => (
              <Tr key={tool.name}>
                <Td>
                  <Primary>
                    <span className="font-mono">{tool.name}</span>
                  </Primary>
                </Td>
                <Td label="Version">
                  <ToolState tool={tool} />
                </Td>
                <Td label="Enables">{tool.enables.join(", ")}</Td>
                <Td label="Debian package">
                  <span className="font-mono text-sm">{tool.package}</span>
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      </Panel>
    </>
  );
}

function ToolState({ tool }: { tool: { isInstalled: boolean; version: string | null; problem: string | null } }) {
  if (!tool.isInstalled) return <Badge>Not installed</Badge>;
  if (tool.problem) return <span className="text-failure">{tool.problem}</span>;
  return <span className="num">{tool.version ?? "installed"}</span>;
}
