"use client";

import { TestButton } from "@/components/form/test-button";
import { Panel } from "@/components/ui/panel";
import { testChannelAction } from "../actions";

/** Tests the stored channel, for users who may not change it. */
export function ChannelTest({ id }: { id: string }) {
  return (
    <Panel title="Test">
      <p className="mb-3 text-muted text-sm">
        Sends one message with sample data through this channel, marked as a test.
      </p>
      <TestButton run={() => testChannelAction({ id })} label="Send test" />
    </Panel>
  );
}
