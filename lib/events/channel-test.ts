/** The type of a channel's own Test: no event of the catalogue, nothing is routed by it. */
export const CHANNEL_TEST = "channel.test";

export function isChannelTest(type: string): boolean {
  return type === CHANNEL_TEST;
}
