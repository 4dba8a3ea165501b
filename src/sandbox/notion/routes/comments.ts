// Comments on pages and blocks: enough to write one and to find it again.
import { needParent, pathId, richTextAt, type Call, type Route } from "../call.ts";
import { failedValidation, notFound } from "../errors.ts";
import { needUuid } from "../ids.ts";
import { stringAt, type JsonObject } from "../json.ts";
import { listOf, readPageSize, sliceById } from "../paging.ts";
import { renderParent } from "../render/object.ts";
import { partialUser } from "../render/user.ts";
import { renderRichText, type RichTextItem } from "../rich-text.ts";
import { minuteStamp } from "../time.ts";
import type { Comment, Parent, World } from "../world.ts";

export const commentRoutes: readonly Route[] = [
  { method: "POST", path: "comments", needs: "insert", handler: create },
  { method: "GET", path: "comments", needs: "read", handler: list },
  { method: "GET", path: "comments/:comment_id", needs: "read", handler: retrieve },
  { method: "PATCH", path: "comments/:comment_id", needs: "update", handler: update },
  { method: "DELETE", path: "comments/:comment_id", needs: "update", handler: remove },
];

/** Comments and discussions mark the head of their last group (recorded). */
function markedId(world: World, mark: string): string {
  const id = world.ids.sequential();
  return `${id.slice(0, 24)}${mark}${id.slice(28)}`;
}

function create(call: Call): JsonObject {
  const { world, body } = call;
  const asked = stringAt(body, "discussion_id");
  const discussionId = asked === null ? null : needUuid(asked, "body.discussion_id");
  const place =
    discussionId === null
      ? { parent: needParent(call, ["page", "block"]), discussionId: markedId(world, "001c") }
      : { parent: discussionParent(world, discussionId), discussionId };
  const nowMs = world.clock.nowMs();
  const comment: Comment = {
    id: markedId(world, "001d"),
    ...place,
    createdAtMs: nowMs,
    editedAtMs: nowMs,
    createdById: world.botId,
    items: needText(body),
  };
  world.comments.set(comment.id, comment);
  return renderComment(world, comment);
}

function discussionParent(world: World, discussionId: string): Parent {
  const first = [...world.comments.values()].find(
    (comment) => comment.discussionId === discussionId,
  );
  if (first === undefined) throw notFound("comment", discussionId, world.integration);
  return first.parent;
}

function needText(body: JsonObject): RichTextItem[] {
  const items = richTextAt(body, "rich_text");
  if (items === null) throw failedValidation("body.rich_text", "defined", undefined);
  return items;
}

function list(call: Call): JsonObject {
  const { world, query } = call;
  const blockId = needUuid(query.get("block_id") ?? "", "query.block_id");
  const found = [...world.comments.values()].filter(
    ({ parent }) => parent.kind !== "workspace" && parent.id === blockId,
  );
  const slice = sliceById(found, ({ id }) => id, {
    startCursor: query.get("start_cursor"),
    pageSize: readPageSize(query.get("page_size") ?? undefined, "query"),
  });
  return listOf(
    "comment",
    slice.items.map((comment) => renderComment(world, comment)),
    slice,
  );
}

function needComment(call: Call): Comment {
  const id = pathId(call, "comment_id");
  const comment = call.world.comments.get(id);
  if (comment === undefined) throw notFound("comment", id, call.world.integration);
  return comment;
}

function retrieve(call: Call): JsonObject {
  return renderComment(call.world, needComment(call));
}

function update(call: Call): JsonObject {
  const comment = needComment(call);
  comment.items = needText(call.body);
  comment.editedAtMs = call.world.clock.nowMs();
  return renderComment(call.world, comment);
}

function remove(call: Call): JsonObject {
  const comment = needComment(call);
  call.world.comments.delete(comment.id);
  return renderComment(call.world, comment);
}

function renderComment(world: World, comment: Comment): JsonObject {
  return {
    object: "comment",
    id: comment.id,
    parent: renderParent(world, comment.parent),
    discussion_id: comment.discussionId,
    created_time: minuteStamp(comment.createdAtMs),
    last_edited_time: minuteStamp(comment.editedAtMs),
    created_by: partialUser(comment.createdById),
    rich_text: renderRichText(world, comment.items),
    display_name: { type: "integration", resolved_name: world.integration.name },
  };
}
