// The Notion connector under the contract, over HTTP against the sandbox.
import { makeNotionConnector } from "../../src/connectors/notion/connector.ts";
import { startNotionSandbox } from "../../src/sandbox/notion/sandbox.ts";
import { connectorContract } from "./connector-contract.ts";

const options = [{ name: "Todo" }, { name: "In progress" }, { name: "Done" }];

const properties = {
  Name: { title: {} },
  Notes: { rich_text: {} },
  Count: { number: { format: "number" } },
  Done: { checkbox: {} },
  Key: { rich_text: {} },
  Mail: { email: {} },
  Site: { url: {} },
  Phone: { phone_number: {} },
  Stage: { select: { options } },
  Status: { status: {} },
  Tags: { multi_select: { options } },
  Due: { date: {} },
  Crew: { people: {} },
  Born: { created_time: {} },
};

connectorContract("Notion", async () => {
  const sandbox = await startNotionSandbox({ rateLimit: null });
  const { admin } = sandbox;
  const { dataSourceId } = admin.createDatabase({ title: "Contract", properties });
  const email = "p@example.com";
  const personId = admin.addUser({ name: "P", email });
  return {
    connector: makeNotionConnector({
      token: sandbox.token,
      baseUrl: sandbox.url,
      database: dataSourceId,
      known: null,
      requestsPerMinute: 1_000_000,
      callMs: 5_000,
    }),
    person: { id: personId, email, name: "P" },
    editNotes: (id, content) => {
      admin.editPage(id, { Notes: { rich_text: [{ text: { content } }] } });
    },
    takeAway: (id) => {
      admin.trash(id);
    },
    loseAnswer: (when) => {
      sandbox.faults.add({
        name: "lost answer",
        fault: { kind: "cut", when },
        matches: ({ method, path }) =>
          method === "PATCH" || (method === "POST" && path.endsWith("/pages")),
      });
    },
    close: () => sandbox.close(),
  };
});
