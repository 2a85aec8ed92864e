import type { ReactNode } from "react";
import { PastedProvider } from "./_components/pasted-channel";

/** Keeps the pasted channel between the picker and the form; leaving both discards it. */
export default function NewChannelLayout({ children }: { children: ReactNode }) {
  return <PastedProvider>{children}</PastedProvider>;
}
