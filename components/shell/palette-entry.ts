import type { NavigationGroup } from "./navigation";

/** One line of the palette: where it leads, and what kind of thing that is. */
export interface PaletteEntry {
  href: string;
  label: string;
  /** `Job`, `Page`, `Action`. */
  kind: string;
}

/** What the reader may do; of an account that is limited to some clients, nothing that is made here. */
export interface PaletteReader {
  isAdmin: boolean;
  isOperator: boolean;
  mayEdit: boolean;
}

const SETTINGS = [
  ["General", "/settings/general"],
  ["Notifications", "/settings/notifications"],
  ["Email", "/settings/email"],
  ["API keys", "/settings/api-keys"],
  ["Tools", "/settings/tools"],
  ["Audit log", "/settings/audit"],
] as const;

/** The pages and actions of a reader. */
export function fixedEntries(groups: readonly NavigationGroup[], reader: PaletteReader): PaletteEntry[] {
  const pages = groups.flatMap(({ items }) => items);
  const hasSettings = pages.some(({ href }) => href === "/settings");
  const action = (label: string, href: string): PaletteEntry => ({ label, href, kind: "Action" });
  return [
    ...pages.map(({ href, label }) => ({ href, label, kind: "Page" })),
    ...(hasSettings ? SETTINGS.map(([label, href]) => ({ href, label: `Settings: ${label}`, kind: "Page" })) : []),
    { href: "/profile", label: "Profile", kind: "Page" },
    ...(reader.mayEdit ? [action("New job", "/jobs/new"), action("New silence", "/silences/new")] : []),
    ...(reader.isAdmin
      ? [
          action("New channel", "/channels/new"),
          action("New source", "/sources/new"),
          action("New destination", "/destinations/new"),
          action("New client", "/clients/new"),
          action("New user", "/users/new"),
        ]
      : []),
    ...(reader.isOperator ? [action("Restore a backup", "/restore")] : []),
  ];
}

/** The entries whose label has every word of the text, those that begin with it first. */
export function matchEntries(entries: readonly PaletteEntry[], text: string): PaletteEntry[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = ({ label }: PaletteEntry) => (label.toLowerCase().startsWith(wanted[0] ?? "") ? 0 : 1);
  return entries
    .filter(({ label, kind }) => wanted.every((word) => `${label} ${kind}`.toLowerCase().includes(word)))
    .sort((a, b) => rank(a) - rank(b));
}

/** Lists that are searched on their own page. */
export function searchEntries(groups: readonly NavigationGroup[], text: string): PaletteEntry[] {
  if (text === "") return [];
  const found = groups.flatMap(({ items }) => items).filter(({ href }) => SEARCHED.includes(href));
  return found.map(({ href, label }) => ({
    href: `${href}?${new URLSearchParams({ q: text })}`,
    label: `Search “${text}” in ${label}`,
    kind: "Search",
  }));
}

const SEARCHED = ["/runs", "/deliveries", "/notifications"];
