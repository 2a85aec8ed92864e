/**
 * Which worker takes which channel: each an equal share. All workers work it out alike, from the same names.
 * @param channelIds in one order everywhere, so that a new channel, which comes last, moves no other
 * @param owners those that take work, in one order everywhere
 * @returns the owner of each channel
 */
export function spreadChannels(channelIds: readonly string[], owners: readonly string[]): Map<string, string> {
  const shares = new Map<string, string>();
  if (owners.length === 0) return shares;
  for (const [index, id] of channelIds.entries()) shares.set(id, owners[index % owners.length] as string);
  return shares;
}
