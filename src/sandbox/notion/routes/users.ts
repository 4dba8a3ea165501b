// Users: the own bot, the list, one by id.
import { pathId, type Call, type Route } from "../call.ts";
import { notFound } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { listOf, readPageSize, sliceById } from "../paging.ts";
import { renderSelf, renderUser } from "../render/user.ts";

export const userRoutes: readonly Route[] = [
  { method: "GET", path: "users/me", needs: "none", handler: ({ world }) => renderSelf(world) },
  { method: "GET", path: "users", needs: "users", handler: listUsers },
  { method: "GET", path: "users/:user_id", needs: "users", handler: retrieveUser },
];

function listUsers({ world, query }: Call): JsonObject {
  const members = [...world.users.values()].filter(({ isMember }) => isMember);
  const slice = sliceById(members, ({ id }) => id, {
    startCursor: query.get("start_cursor"),
    pageSize: readPageSize(query.get("page_size") ?? undefined, "query"),
  });
  return listOf(
    "user",
    slice.items.map(({ id }) => renderUser(world, id)),
    slice,
  );
}

function retrieveUser(call: Call): JsonObject {
  const id = pathId(call, "user_id");
  const user = call.world.users.get(id);
  if (user?.isMember !== true) throw notFound("user", id, call.world.integration);
  return renderUser(call.world, id);
}
