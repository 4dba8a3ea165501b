// The Notion destination under the contract, over HTTP against the sandbox.
import { destinationContract } from "./destination-contract.ts";
import { openNotionDestinations } from "./destination-notion-bench.ts";

destinationContract("Notion", openNotionDestinations);
