import { AppError } from "@/lib/core/errors";
import { peekRuntimeValue, setRuntimeValue } from "@/lib/core/runtime";
import type { ProviderIo } from "@/lib/providers/contract";

declare module "@/lib/core/runtime" {
  interface RuntimeValues {
    providerIo: ProviderIo;
  }
}

/** The process's one way out: its connections are shared by the worker and by Tests. Set by the composition root. */
export function setProviderIo(io: ProviderIo): void {
  setRuntimeValue("providerIo", io);
}

export function providerIo(): ProviderIo {
  const io = peekRuntimeValue("providerIo");
  if (!io) throw new AppError("unavailable", "Belfry is still starting.");
  return io;
}
