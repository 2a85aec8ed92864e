import { z } from "zod";
import { installedTools } from "@/lib/jobs/installed-tools";
import { defineVerb } from "@/lib/services/verb";

export const toolsSchema = z.object({
  tools: z.array(
    z.object({
      name: z.string(),
      /** Of Debian. */
      package: z.string(),
      isInstalled: z.boolean(),
      /** Null where it says none. */
      version: z.string().nullable(),
      /** Why it did not say its version, a sentence. */
      problem: z.string().nullable(),
      /** What needs it. */
      enables: z.array(z.string()),
    }),
  ),
  /** Installs what is missing; null: nothing is. */
  installCommand: z.string().nullable(),
});
type ToolsView = z.infer<typeof toolsSchema>;

/** Which programs are installed on this machine, what they make possible, and the line that installs the rest. */
export const installationTools = defineVerb({
  name: "installation.tools",
  permission: "admin",
  changes: false,
  input: z.object({}),
  async run(): Promise<ToolsView> {
    const tools = await installedTools();
    const missing = new Set(tools.flatMap((tool) => (tool.isInstalled ? [] : [tool.package])));
    return { tools, installCommand: missing.size > 0 ? `apt install ${[...missing].sort().join(" ")}` : null };
  },
});
