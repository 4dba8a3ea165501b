// A service that refuses every row with a text that begins with "bad", and names the field.
import type { Connector, WriteOutcome } from "../../src/connectors/connector.ts";
import type { MemoryConnector } from "../../src/connectors/memory/connector.ts";
import { must } from "../../src/core/assert.ts";
import type { FieldId } from "../../src/core/ids.ts";
import type { Value } from "../../src/core/value.ts";

function refusal(cells: ReadonlyMap<FieldId, Value>): WriteOutcome | null {
  for (const [field, value] of cells) {
    if (value.kind !== "text" || !value.text.startsWith("bad")) continue;
    return { kind: "failed", why: "invalid", message: "no bad words", field };
  }
  return null;
}

/** Changes the service itself, for good: every process after this one meets it. */
export function makePicky(connector: MemoryConnector): void {
  const update = connector.update.bind(connector);
  const create = connector.create.bind(connector);
  const each = async <T extends { readonly cells: ReadonlyMap<FieldId, Value> }>(
    items: readonly T[],
    send: (item: T) => Promise<readonly WriteOutcome[]>,
  ): Promise<readonly WriteOutcome[]> => {
    const outcomes: WriteOutcome[] = [];
    for (const item of items) {
      outcomes.push(refusal(item.cells) ?? must((await send(item))[0], "an outcome"));
    }
    return outcomes;
  };
  const picky: Pick<Connector, "update" | "create"> = {
    update: (writes, wanted) => each(writes, (write) => update([write], wanted)),
    create: (creates, wanted) => each(creates, (made) => create([made], wanted)),
  };
  Object.assign(connector, picky);
}
