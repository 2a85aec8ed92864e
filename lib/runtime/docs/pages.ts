import { allProviders } from "@/lib/providers/registry";
import { channelIndex, channelPage } from "./channels";
import { eventsPage } from "./events";
import { lintConfig } from "./layers";

export interface GeneratedPage {
  /** Below the checkout. */
  path: string;
  /** Its text as it should be. @param now its text as it stands; empty when there is no such file */
  make(now: string): string;
}

/** Every page that is made, wholly or in part, from what the program declares. */
export const PAGES: readonly GeneratedPage[] = [
  { path: "docs/events.md", make: eventsPage },
  { path: "docs/channels/README.md", make: channelIndex },
  { path: ".oxlintrc.json", make: lintConfig },
  ...allProviders().map((provider) => {
    const path = `docs/channels/${provider.id}.md`;
    return { path, make: (now: string) => naming(path, () => channelPage(provider, now)) };
  }),
];

/** Says of which page it is that something is wrong. */
function naming(path: string, make: () => string): string {
  try {
    return make();
  } catch (error) {
    throw new Error(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
