// Writes into docs/spec.md which tests carry each promise, taken from the titles of the tests.
// test/unit/spec.test.ts fails when the page is behind.
import { writeFileSync } from "node:fs";
import { carriersIn, withCarriers } from "../test/architecture/promises.ts";
import { readSources, readText, root } from "../test/architecture/tree.ts";

const page = "docs/spec.md";
writeFileSync(`${root}${page}`, withCarriers(readText(page), carriersIn(readSources())));
