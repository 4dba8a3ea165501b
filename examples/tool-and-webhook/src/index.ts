// What is no sync runs here too: a tool with `tandem worker exec`, a webhook under `tandem serve`.
import { createHmac, timingSafeEqual } from "node:crypto";
import { Worker } from "@notionhq/workers";
import { j } from "@notionhq/workers/schema-builder";

const worker = new Worker();
export default worker;

worker.tool("countWords", {
  title: "Count words",
  description: "Counts the words of a text.",
  schema: j.object({ text: j.string() }),
  outputSchema: j.object({ words: j.number() }),
  hints: { readOnlyHint: true },
  execute: ({ text }) => ({ words: text.split(/\s+/u).filter((word) => word !== "").length }),
});

worker.webhook("orders", {
  title: "Orders",
  description: "Takes orders that the shop has signed.",
  // Runs before the caller is answered: a forged call is never queued.
  verify: ({ headers, rawBody }) => {
    const given = Buffer.from(headers["x-shop-signature"] ?? "");
    const wanted = Buffer.from(signature(rawBody));
    const isSigned = given.length === wanted.length && timingSafeEqual(given, wanted);
    return isSigned ? { status: 202 } : { status: 401, body: "not signed" };
  },
  // Runs after the answer, and again when it fails: it must bear being called twice.
  execute: async (events) => {
    for (const { deliveryId, body } of events) {
      console.log(`order ${String(body["order"])} arrived as ${deliveryId}`);
    }
  },
});

function signature(rawBody: string): string {
  return createHmac("sha256", process.env.ORDERS_SECRET ?? "")
    .update(rawBody)
    .digest("hex");
}
