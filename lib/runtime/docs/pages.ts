import { allProviders } from "@/lib/providers/registry";
import { factsOf } from "./channels";
import { eventsPage } from "./events";
import { between } from "./markdown";

export interface Page {
  /** Below the checkout. */
  path: string;
  /** Its text as it should be. @param now its text as it stands; empty when there is no such file */
  make(now: string): string;
}

/** Every page that is made, wholly or in part, from what the program declares. */
export const PAGES: readonly Page[] = [
  { path: "docs/events.md", make: eventsPage },
  ...allProviders().map((provider) => ({
    path: `docs/channels/${provider.id}.md`,
    make: (now: string) => between(now, "declared", factsOf(provider)),
  })),
];
