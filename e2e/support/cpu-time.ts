/**
 * What this process computes from now on, in place of the time that passes: that depends on what else the machine does.
 * @returns the function that answers with milliseconds of a core, of all threads
 */
export function startCpuTime(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1_000;
  };
}
