import { allProviders } from "@/lib/providers/registry";
import { accessPage } from "./access";
import { channelIndex, channelPage } from "./channels";
import { eventsPage } from "./events";
import { externalJobsPage } from "./external-jobs";
import { lintConfig } from "./layers";
import { monitorRegistry } from "./monitors";

interface DocsPage {
  /** Relative to the checkout. */
  path: string;
  /** The text that the page should have. @param now its present text; empty when the file does not exist */
  make(now: string): string;
}

/** Every page that is generated, wholly or in part, from the program's declarations. */
export const PAGES: readonly DocsPage[] = [
  { path: "docs/events.md", make: eventsPage },
  { path: "docs/access.md", make: accessPage },
  { path: "docs/external-jobs.md", make: externalJobsPage },
  { path: "docs/channels/README.md", make: channelIndex },
  { path: ".oxlintrc.json", make: lintConfig },
  { path: "lib/schedule/monitors/registry.ts", make: monitorRegistry },
  ...allProviders().map((provider) => {
    const path = `docs/channels/${provider.id}.md`;
    return { path, make: (now: string) => withPageName(path, () => channelPage(provider, now)) };
  }),
];

/** Names the page in the errors of its generation. */
function withPageName(path: string, make: () => string): string {
  try {
    return make();
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
