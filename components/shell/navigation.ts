export interface NavigationItem {
  href: string;
  label: string;
  /** Active at this address only, not below it. */
  exact?: boolean;
  /** Shows how much of the inbox is unread. */
  hasCount?: boolean;
}

export interface NavigationGroup {
  label?: string;
  items: readonly NavigationItem[];
}

/** Sections of the console. */
export const NAVIGATION: readonly NavigationGroup[] = [
  { items: [{ href: "/", label: "Overview", exact: true }] },
  {
    label: "Backup",
    items: [
      { href: "/jobs", label: "Jobs" },
      { href: "/runs", label: "Runs" },
      { href: "/clients", label: "Clients" },
      { href: "/sources", label: "Sources" },
      { href: "/destinations", label: "Destinations" },
      { href: "/syncs", label: "Syncs" },
      { href: "/repositories", label: "Repositories" },
      { href: "/restore", label: "Restore" },
    ],
  },
  {
    label: "Notifications",
    items: [
      { href: "/notifications", label: "Inbox", hasCount: true },
      { href: "/channels", label: "Channels" },
      { href: "/deliveries", label: "Delivery log" },
      { href: "/silences", label: "Silences" },
      { href: "/routing", label: "Routing" },
    ],
  },
  {
    label: "Belfry",
    items: [
      { href: "/users", label: "Users" },
      { href: "/settings", label: "Settings" },
    ],
  },
];

const LIMITED = ["/", "/jobs", "/runs", "/clients", "/notifications"];

/** The sections of an account that is limited to some clients. */
export const LIMITED_NAVIGATION: readonly NavigationGroup[] = NAVIGATION.map((group) => ({
  ...group,
  items: group.items.filter(({ href }) => LIMITED.includes(href)),
})).filter(({ items }) => items.length > 0);

/** Whether the address belongs to the item. */
export function isActive(item: NavigationItem, path: string): boolean {
  return path === item.href || (!item.exact && path.startsWith(`${item.href}/`));
}

/** The item that the address belongs to. */
export function activeItem(groups: readonly NavigationGroup[], path: string): NavigationItem | undefined {
  return groups.flatMap((group) => group.items).find((item) => isActive(item, path));
}
