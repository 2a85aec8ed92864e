import { AppError } from "@/lib/core/errors";
import { peekSingleton, setSingleton } from "@/lib/core/singletons";
import type { ProviderIo } from "@/lib/providers/contract";

const NAME = "dispatch.providerIo";

/** The process's one way out: its connections are shared by the worker and by Tests. Set by the composition root. */
export function setProviderIo(io: ProviderIo): void {
  setSingleton(NAME, io);
}

export function providerIo(): ProviderIo {
  const io = peekSingleton<ProviderIo>(NAME);
  if (!io) throw new AppError("unavailable", "Belfry is still starting.");
  return io;
}
