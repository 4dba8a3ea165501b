// Search: titles only, and late, as the real one is.
//
// The real search is fuzzy and its first answers often miss a new title (recorded, 7 to 14 polls). Here a
// title fits when it holds every word of the query; the best fits come first.
import { viewOf, type Call, type Route } from "../call.ts";
import { objectAt, stringAt, type JsonObject } from "../json.ts";
import { listOf, readPageSize, sliceById } from "../paging.ts";
import {
  databaseTitle,
  pageTitle,
  readsAsTrashed,
  renderDatabase,
  renderDataSource,
  renderPage,
} from "../render/object.ts";
import { plainText } from "../rich-text.ts";
import { isVisible, type Database, type DataSource, type Page, type World } from "../world.ts";

export const searchRoutes: readonly Route[] = [
  { method: "POST", path: "search", needs: "read", handler: search },
];

type Hit = Page | DataSource | Database;

const firstVersionWithSources = "2025-09-03";

function search(call: Call): JsonObject {
  const { world, body } = call;
  const filter = objectAt(body, "filter");
  const wantsTrash = filter["in_trash"] === true;
  const hasSources = call.version >= firstVersionWithSources;
  const hits: Hit[] = [
    ...world.pages.values(),
    ...(hasSources ? world.dataSources.values() : world.databases.values()),
  ];
  const wanted = stringAt(filter, "value");
  const words = (stringAt(body, "query") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const found = hits
    .filter((hit) => wanted === null || hit.kind === wanted)
    .filter((hit) => hit.createdAtMs + world.searchLagMs <= world.clock.nowMs())
    .filter((hit) => isVisible(world, hit) && readsAsTrashed(world, hit) === wantsTrash)
    .map((hit) => ({ hit, title: titleOf(world, hit).toLowerCase() }))
    .filter(({ title }) => words.every((word) => title.includes(word)));
  const isAscending = objectAt(body, "sort")["direction"] === "ascending";
  const exact = words.join(" ");
  found.sort((left, right) => {
    const closer = Number(right.title === exact) - Number(left.title === exact);
    const newer = right.hit.editedAtMs - left.hit.editedAtMs;
    return closer !== 0 ? closer : isAscending ? -newer : newer;
  });
  const slice = sliceById(found, ({ hit }) => hit.id, {
    startCursor: stringAt(body, "start_cursor"),
    pageSize: readPageSize(body["page_size"], "body"),
  });
  const type = hasSources ? "page_or_data_source" : "page_or_database";
  return listOf(
    type,
    slice.items.map(({ hit }) => renderHit(call, hit)),
    slice,
  );
}

function titleOf(world: World, hit: Hit): string {
  return hit.kind === "page"
    ? pageTitle(world, hit)
    : plainText(world, hit.kind === "database" ? databaseTitle(world, hit) : hit.title);
}

function renderHit(call: Call, hit: Hit): JsonObject {
  const view = viewOf(call);
  switch (hit.kind) {
    case "page":
      return renderPage(call.world, hit, view);
    case "data_source":
      return renderDataSource(call.world, hit, view);
    case "database":
      return renderDatabase(call.world, hit, view);
  }
}
