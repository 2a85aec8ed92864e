/** Remembers in a browser whether the sidebar is folded. */
export const SIDEBAR_COOKIE = "belfry-sidebar";
