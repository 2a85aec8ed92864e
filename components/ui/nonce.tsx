"use client";

import { setNonce } from "get-nonce";

/** Passes the page's nonce to the scroll lock of dialogs, whose style element the browser would refuse otherwise. */
export function Nonce({ nonce }: { nonce: string }) {
  if (typeof window !== "undefined" && nonce) setNonce(nonce);
  return null;
}
