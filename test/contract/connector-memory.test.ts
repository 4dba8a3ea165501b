// The in-memory connector under the contract: with a trash and stamps, and without either.
import { makeMemoryConnector, type MemoryOptions } from "../../src/connectors/memory/connector.ts";
import { fieldId } from "../../src/core/ids.ts";
import type { Field, Kind, Schema } from "../../src/core/schema.ts";
import { text } from "../../src/core/value.ts";
import { connectorContract, type ContractBench } from "./connector-contract.ts";

function field(name: string, kind: Kind, isWritable = true): Field {
  const id = name.startsWith("@") ? name : `f-${name}`;
  return { id: fieldId(id), name, type: kind.kind, kind, isWritable, isTitle: name === "Name" };
}

const plain: Kind = { kind: "text", format: "plain", isMultiline: false, lengthMax: 10_000 };
const options = [
  { id: "o1", name: "Todo" },
  { id: "o2", name: "Done" },
];
const schema: Schema = {
  tableId: "memory",
  parentId: null,
  name: "Memory",
  fields: [
    field("Name", plain),
    field("Notes", { ...plain, isMultiline: true }),
    field("Count", { kind: "number", decimals: null }),
    field("Done", { kind: "boolean" }),
    field("Key", plain),
    field("When", { kind: "date", time: "optional", stepMs: 1, hasRange: true }),
    field("Status", {
      kind: "choice",
      options,
      canAddOptions: true,
      refuses: [],
      blankOption: null,
    }),
    field("Tags", { kind: "choices", options, canAddOptions: false, refuses: [","], countMax: 9 }),
    field("Owners", { kind: "people", isMany: true, countMax: 9 }),
    field("@id", plain, false),
    field("@url", { ...plain, format: "url" }, false),
    field("@created", { kind: "date", time: "required", stepMs: 1, hasRange: false }, false),
  ],
};

function setUp(more: Partial<MemoryOptions>): () => Promise<ContractBench> {
  return () => {
    let nowMs = Date.UTC(2026, 0, 1);
    const connector = makeMemoryConnector({
      schema,
      // Every look at the clock takes a moment, so that no two edits happen at one instant.
      nowMs: () => (nowMs += 1),
      ...more,
    });
    const { admin } = connector;
    return Promise.resolve({
      connector,
      person: { id: "p1", email: "p1@example.com", name: "P" },
      editNotes: (id, content) => {
        admin.edit(id, { Notes: text(content) });
      },
      takeAway: (id) => {
        if (connector.capabilities.hasTrash) admin.trash(id);
        else admin.purge(id);
      },
      loseAnswer: (when) => {
        admin.failNext("write", when === "after" ? "lost-after" : "lost-before");
      },
      close: () => Promise.resolve(),
    });
  };
}

connectorContract("memory, with a trash", setUp({}));
connectorContract(
  "memory, one row a write and no trash",
  setUp({ hasTrash: false, stampStepMs: null, writeBatchMax: 1, pageSize: 7 }),
);
