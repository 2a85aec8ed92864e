import NextLink from "next/link";
import type { ComponentProps } from "react";

/**
 * A way to another page. Nothing is fetched ahead: pages are drawn in milliseconds, and each live refresh
 * would fetch the page behind every link once more.
 */
export function Link(props: ComponentProps<typeof NextLink>) {
  return <NextLink prefetch={false} {...props} />;
}
