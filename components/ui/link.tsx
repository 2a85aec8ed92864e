import NextLink from "next/link";
import type { ComponentProps } from "react";

/**
 * A link to another page, without prefetching: pages render in milliseconds, and each live refresh
 * would fetch the page behind every link again.
 */
export function Link(props: ComponentProps<typeof NextLink>) {
  return <NextLink prefetch={false} {...props} />;
}
