// The Airtable connector under the contract, over HTTP against the sandbox: with a field that stamps
// edits, and without one.
import { openAirtableBench, type BenchOptions } from "./airtable-bench.ts";
import { connectorContract, type ContractBench } from "./connector-contract.ts";

function setUp(options: BenchOptions): () => Promise<ContractBench> {
  return async () => {
    const { sandbox, connector, person } = await openAirtableBench(options);
    return {
      connector,
      person,
      editNotes: (id, content) => {
        sandbox.admin.editRow(id, { Notes: content });
      },
      takeAway: (id) => {
        sandbox.admin.deleteRow(id);
      },
      loseAnswer: (when) => {
        sandbox.faults.add({
          name: "lost answer",
          fault: { kind: "cut", when },
          matches: (request) => request.method !== "GET",
        });
      },
      close: () => sandbox.close(),
    };
  };
}

connectorContract("Airtable, with a stamp", setUp({}));
connectorContract("Airtable, without a stamp", setUp({ hasStamp: false }));
