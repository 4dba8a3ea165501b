// A list that comes in pages. The state is the page to ask for next; it is kept after each page, so a
// cycle that fails on page seven goes on there, and nothing is removed before the last page was seen.
import { Worker } from "@notionhq/workers";
import * as Builder from "@notionhq/workers/builder";
import * as Schema from "@notionhq/workers/schema";

interface Page {
  products: { sku: string; title: string; price: number; inStock: boolean }[];
  pages: number;
}

const worker = new Worker();
export default worker;

const products = worker.database("products", {
  type: "managed",
  initialTitle: "Products",
  primaryKeyProperty: "SKU",
  schema: {
    properties: {
      Title: Schema.title(),
      SKU: Schema.richText(),
      Price: Schema.number("euro"),
      "In stock": Schema.checkbox(),
    },
  },
});

worker.sync("productsSync", {
  database: products,
  mode: "replace",
  schedule: "6h",
  execute: async (state: { page: number } | undefined) => {
    const page = state?.page ?? 1;
    const answer = await fetch(`${process.env.SHOP_URL}/products?page=${page}`, {
      headers: { authorization: `Bearer ${process.env.SHOP_KEY}` },
    });
    // An error must end the execution: an empty list would look like an empty shop.
    if (!answer.ok) throw new Error(`The shop answered ${answer.status} for page ${page}.`);
    const list = (await answer.json()) as Page;
    const hasMore = page < list.pages;
    return {
      changes: list.products.map((product) => ({
        type: "upsert" as const,
        key: product.sku,
        properties: {
          Title: Builder.title(product.title),
          SKU: Builder.richText(product.sku),
          Price: Builder.number(product.price),
          "In stock": Builder.checkbox(product.inStock),
        },
      })),
      hasMore,
      nextState: hasMore ? { page: page + 1 } : undefined,
    };
  },
});
