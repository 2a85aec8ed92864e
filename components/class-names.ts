import { type ClassValue, clsx } from "clsx";
import { extendTailwindMerge } from "tailwind-merge";

const merge = extendTailwindMerge({ extend: { theme: { text: ["xs", "sm", "base", "lg", "xl", "2xl"] } } });

/** Joins class names; of two that set the same property the later one wins. */
export function classNames(...names: ClassValue[]): string {
  return merge(clsx(names));
}
