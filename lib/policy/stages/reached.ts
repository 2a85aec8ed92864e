import { isOwnMessage, type PlannedDelivery } from "../plan";
import { targetKey } from "../rules";
import { mailAddressesFor } from "./one-mail";

/** Who gets a message at which moment, by channel and recipient, and by mail address through whatever channel. */
export class Reached {
  private readonly keys = new Set<string>();

  /** @param now when a delivery without a time of its own goes, milliseconds */
  constructor(
    private readonly now: number,
    deliveries: readonly PlannedDelivery[],
  ) {
    for (const one of deliveries) this.add(one);
  }

  add(one: PlannedDelivery): void {
    if (!isOwnMessage(one)) return;
    this.keys.add(this.targetOf(one));
    // What a failing channel is given may arrive late or never: it counts beside another such channel only.
    const kinds = one.channel.isFailing ? ["any"] : ["any", "working"];
    for (const kind of kinds)
      for (const address of mailAddressesFor(one)) this.keys.add(this.keyOf(one, kind, address));
  }

  /** Whether everybody that it is for gets another message at the same moment. */
  has(one: PlannedDelivery): boolean {
    if (this.keys.has(this.targetOf(one))) return true;
    const addresses = mailAddressesFor(one);
    const kind = one.channel.isFailing ? "any" : "working";
    return addresses.length > 0 && addresses.every((address) => this.keys.has(this.keyOf(one, kind, address)));
  }

  private targetOf(one: PlannedDelivery): string {
    return this.keyOf(one, "target", targetKey(one.target.channelId, one.target.recipient));
  }

  private keyOf({ notBefore = this.now }: PlannedDelivery, kind: string, key: string): string {
    return `${notBefore}\n${kind}\n${key}`;
  }
}
