import type { ReactNode } from "react";
import { PastedProvider } from "./_components/pasted";

/** Stays while one goes from the picker to a form, and so does what was pasted; anywhere else it is gone. */
export default function NewChannelLayout({ children }: { children: ReactNode }) {
  return <PastedProvider>{children}</PastedProvider>;
}
