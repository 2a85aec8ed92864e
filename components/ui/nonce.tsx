"use client";

import { getNonce, setNonce } from "get-nonce";

/**
 * Passes the page's nonce to the scroll lock of dialogs, whose style element the browser would refuse otherwise.
 * The first one stays: what is read again brings the nonce of its own request, and the browser knows that of the document alone.
 */
export function Nonce({ nonce }: { nonce: string }) {
  if (typeof window !== "undefined" && nonce && !getNonce()) setNonce(nonce);
  return null;
}
