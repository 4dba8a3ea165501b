// The Airtable destination under the contract, over HTTP against the sandbox: with removed rows deleted,
// and with removed rows marked.
import { openAirtableDestinations } from "./destination-airtable-bench.ts";
import { destinationContract } from "./destination-contract.ts";

destinationContract("Airtable", openAirtableDestinations, { hasTrash: false, hasBodies: false });

const mark = { field: "Removed", value: "yes" };

destinationContract("Airtable, with a mark", () => openAirtableDestinations({ mark }), {
  hasTrash: true,
  hasBodies: false,
});
