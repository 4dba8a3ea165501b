// Users: the own bot, the list, one by id. The workspace's custom emojis, of which there are none, live here too.
import { pathId, type Call, type Route } from "../call.ts";
import { notFound } from "../errors.ts";
import type { JsonObject } from "../json.ts";
import { listOf, readPageSize, sliceById } from "../paging.ts";
import { renderMember, renderSelf } from "../render/user.ts";

export const userRoutes: readonly Route[] = [
  { method: "GET", path: "users/me", needs: "none", handler: ({ world }) => renderSelf(world) },
  { method: "GET", path: "users", needs: "users", handler: listUsers },
  { method: "GET", path: "custom_emojis", needs: "read", handler: listCustomEmojis },
  { method: "GET", path: "users/:user_id", needs: "users", handler: retrieveUser },
];

function listUsers({ world, query }: Call): JsonObject {
  // The own bot comes last (recorded, ultimate-notion test_all_users).
  const members = [...world.users.values()]
    .filter(({ isMember }) => isMember)
    .sort((left, right) => Number(left.id === world.botId) - Number(right.id === world.botId));
  const slice = sliceById(members, ({ id }) => id, {
    startCursor: query.get("start_cursor"),
    pageSize: readPageSize(query.get("page_size") ?? undefined, "query"),
  });
  return listOf(
    "user",
    slice.items.map((user) => renderMember(world, user)),
    slice,
  );
}

/** The sandbox's workspace has none; the key order is the recorded one. */
function listCustomEmojis(): JsonObject {
  return { object: "list", type: "custom_emoji", results: [], has_more: false, next_cursor: null };
}

function retrieveUser(call: Call): JsonObject {
  const id = pathId(call, "user_id");
  const user = call.world.users.get(id);
  if (user?.isMember !== true) throw notFound("user", id, call.world.integration);
  return renderMember(call.world, user);
}
