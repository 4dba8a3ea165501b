// A page's content as Markdown: read it, replace it, change parts of it, at once or as a task.
//
// Changes work on the printed text and write it back whole: block ids do not survive a change, which the real
// service does not promise either. A task is done by the time it is first asked for.
import { needPage, pathId, type Call, type Route } from "../call.ts";
import { appendMarkdown } from "../block-store.ts";
import { failedValidation, invalid, notFound } from "../errors.ts";
import { arrayAt, isObject, objectAt, stringAt, type Json, type JsonObject } from "../json.ts";
import { parseMarkdown } from "../markdown/parse.ts";
import { printMarkdown } from "../markdown/print.ts";
import { checkEditable } from "../page-store.ts";
import { exactStamp } from "../time.ts";
import type { Page, World } from "../world.ts";

export const markdownRoutes: readonly Route[] = [
  { method: "GET", path: "pages/:page_id/markdown", needs: "read", handler: retrieve },
  { method: "PATCH", path: "pages/:page_id/markdown", needs: "update", handler: update },
  { method: "GET", path: "async_tasks/:task_id", needs: "read", handler: retrieveTask },
];

function retrieve(call: Call): JsonObject {
  return render(call.world, needPage(call.world, pathId(call, "page_id")));
}

function render(world: World, page: Page): JsonObject {
  const { markdown, unknownBlockIds } = printMarkdown(world, page.id);
  return {
    object: "page_markdown",
    id: page.id,
    markdown,
    truncated: false,
    unknown_block_ids: [...unknownBlockIds],
  };
}

function update(call: Call): JsonObject {
  const { world, body } = call;
  const page = needPage(world, pathId(call, "page_id"));
  checkEditable(world, page);
  const text = changedText(printMarkdown(world, page.id).markdown, body);
  if (stringAt(body, "type") === "replace_content") {
    dropChildPages(
      world,
      page,
      objectAt(body, "replace_content")["allow_deleting_content"] === true,
    );
  }
  replaceContent(world, page, text);
  if (body["allow_async"] !== true) return render(world, page);
  const id = `task_${world.ids.arbitrary().replaceAll("-", "")}`;
  world.tasks.set(id, { pageId: page.id, createdAtMs: world.clock.nowMs() });
  return { ...renderTask(world, id, "queued"), ...operation };
}

const operation: JsonObject = {
  poll_after_seconds: 2,
  operation: { surface: "rest", name: "PATCH /v1/pages/:page_id/markdown" },
};

function renderTask(world: World, id: string, status: string): JsonObject {
  return {
    object: "async_task",
    id,
    status,
    status_url: `${world.baseUrl}/v1/async_tasks/${id}`,
    created_time: exactStamp(world.tasks.get(id)?.createdAtMs ?? 0).replace("+00:00", "Z"),
  };
}

function retrieveTask(call: Call): JsonObject {
  const { world } = call;
  const id = call.params["task_id"] ?? "";
  const page = world.pages.get(world.tasks.get(id)?.pageId ?? "");
  if (page === undefined) throw notFound("async task", id, world.integration);
  const { object, id: pageId, ...content } = render(world, page);
  return {
    ...renderTask(world, id, "succeeded"),
    operation: operation["operation"] ?? {},
    // The recorded key order of a task's result.
    result: { ...content, id: pageId ?? null, object: object ?? null },
  };
}

/** The text after the command in the body; what is not found is refused. */
function changedText(before: string, body: JsonObject): string {
  const type = stringAt(body, "type") ?? "";
  const command = objectAt(body, type);
  switch (type) {
    case "replace_content":
      return needString(command, "new_str", `body.${type}`);
    case "insert_content":
      return inserted(before, command);
    case "replace_content_range": {
      const range = needString(command, "content_range", `body.${type}`);
      return replaced(before, {
        from: range,
        to: stringAt(command, "content") ?? "",
        isAll: false,
      });
    }
    case "update_content":
      return arrayAt(command, "content_updates").reduce<string>(
        (text, change) => replaced(text, readChange(change)),
        before,
      );
  }
  throw failedValidation("body.type", "a known command", body["type"]);
}

function inserted(before: string, command: JsonObject): string {
  const content = needString(command, "content", "body.insert_content");
  const after = stringAt(command, "after");
  if (after === null) {
    const isStart = objectAt(command, "position")["type"] === "start";
    return isStart ? `${content}\n${before}` : `${before}\n${content}`;
  }
  return replaced(before, {
    from: after.trimEnd(),
    to: `${after.trimEnd()}\n${content}`,
    isAll: false,
  });
}

function needString(command: JsonObject, key: string, path: string): string {
  const text = stringAt(command, key);
  if (text === null) throw failedValidation(`${path}.${key}`, "a string", command[key]);
  return text;
}

interface Change {
  readonly from: string;
  readonly to: string;
  readonly isAll: boolean;
}

function readChange(change: Json): Change {
  const command = isObject(change) ? change : {};
  return {
    from: needString(command, "old_str", "body.update_content"),
    to: needString(command, "new_str", "body.update_content"),
    isAll: command["replace_all_matches"] === true,
  };
}

function replaced(text: string, change: Change): string {
  if (change.from === "" || !text.includes(change.from)) {
    throw invalid(`Could not find the text to change in the page: ${change.from}`);
  }
  return change.isAll
    ? text.replaceAll(change.from, () => change.to)
    : text.replace(change.from, () => change.to);
}

/**
 * Pages and databases below are no text: replacing the content would delete them, which has to be allowed
 * (Notion docs: Update a page's content as Markdown, "Error responses"; the words are ours).
 */
function dropChildPages(world: World, page: Page, isAllowed: boolean): void {
  const below = (world.children.get(page.id) ?? [])
    .map((id) => world.pages.get(id) ?? world.databases.get(id))
    .filter((node) => node !== undefined && !node.isInTrash);
  if (below.length > 0 && !isAllowed) {
    const ids = below.map((node) => node?.id).join(", ");
    throw invalid(
      `This operation would delete child pages or databases: ${ids}. Set allow_deleting_content to allow it.`,
    );
  }
  for (const node of below) if (node !== undefined) node.isInTrash = true;
}

/** Lets the page's printable blocks go and writes the text as new ones. */
function replaceContent(world: World, page: Page, markdown: string): void {
  for (const id of world.children.get(page.id) ?? []) {
    const block = world.blocks.get(id);
    if (block !== undefined) block.isInTrash = true;
  }
  appendMarkdown(world, page, parseMarkdown(markdown));
}
