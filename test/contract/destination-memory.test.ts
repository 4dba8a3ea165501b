// The in-memory destination under the contract: with all it can do, and as a service of batches without
// trash and bodies.
import type { DestinationCapabilities } from "../../src/connectors/destination.ts";
import { makeMemoryDestination } from "../../src/connectors/memory/destination.ts";
import { addTable, makeMemoryWorld, type WorldTable } from "../../src/connectors/memory/world.ts";
import {
  failNext,
  makeWorldAdmin,
  type WorldAdmin,
} from "../../src/connectors/memory/world-admin.ts";
import { must } from "../../src/core/assert.ts";
import { destinationContract, type DestinationBench } from "./destination-contract.ts";

function setUp(capabilities: Partial<DestinationCapabilities>): () => Promise<DestinationBench> {
  return () => {
    const world = makeMemoryWorld();
    const tableOf = (id: string): WorldTable => must(world.tables.get(id), `no table ${id}`);
    const adminOf = (id: string): WorldAdmin => makeWorldAdmin(world, () => tableOf(id));
    const owning = (row: string): WorldAdmin =>
      makeWorldAdmin(world, () =>
        must(
          [...world.tables.values()].find((table) =>
            [...table.rows.keys()].some((id) => id === row),
          ),
          `no row ${row}`,
        ),
      );
    return Promise.resolve({
      open: (declaration, { binding }) =>
        makeMemoryDestination({ declaration, world, binding, capabilities, pageSize: 50 }),
      handMade: (texts, number) => {
        const { binding } = addTable(world, { title: "By hand", owner: null });
        const admin = adminOf(binding.tableId);
        for (const [at, name] of texts.entries()) {
          admin.addProperty(name, at === 0 && name === "Name" ? "title" : "text");
        }
        admin.addProperty(number, "number");
        return binding;
      },
      addRow: (binding, cells) => adminOf(binding.tableId).add(cells),
      cell: (binding, id, property) => adminOf(binding.tableId).text(id, property),
      propertyNames: (binding) => adminOf(binding.tableId).propertyNames(),
      rowCount: (binding) => adminOf(binding.tableId).rows().length,
      tableCount: () => [...world.tables.values()].filter((table) => !table.isTrashed).length,
      body: (id) => owning(id).row(id)?.body ?? "",
      addChildPage: (id) => {
        owning(id).addChildPage(id);
      },
      trash: (binding, id) => {
        adminOf(binding.tableId).trash(id);
      },
      trashTable: (binding) => {
        adminOf(binding.tableId).trashTable();
      },
      loseAnswer: (when) => {
        failNext(world, "write", when === "after" ? "lost-after" : "lost-before");
      },
      close: () => Promise.resolve(),
    });
  };
}

destinationContract("memory", setUp({}));
destinationContract(
  "memory, in batches, without trash and bodies",
  setUp({ writeBatchMax: 10, hasTrash: false, hasBodies: false, hasIcons: false }),
  { hasTrash: false, hasBodies: false },
);
