import { beforeEach, describe, expect, test } from "vitest";
import { makeInProcessCall, type InProcessCall } from "../in-process.ts";
import { stringAt, type JsonObject } from "../json.ts";
import { makeNotionSandbox, type NotionWorkshop } from "../sandbox.ts";

let workshop: NotionWorkshop;
let call: InProcessCall;

beforeEach(() => {
  workshop = makeNotionSandbox({ rateLimit: null });
  call = makeInProcessCall(workshop);
});

function pageWith(markdown: string): string {
  const parent = { page_id: workshop.admin.rootPageId };
  const answer = call("POST", "pages", { parent, properties: {}, markdown });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return stringAt(answer.body, "id") ?? "";
}

const read = (id: string): string | null =>
  stringAt(call("GET", `pages/${id}/markdown`).body, "markdown");

function change(id: string, body: JsonObject): string | null {
  const answer = call("PATCH", `pages/${id}/markdown`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return stringAt(answer.body, "markdown");
}

describe("a page as Markdown", () => {
  test("reads back what was written, without blank lines", () => {
    const text = [
      "## Plan",
      "Some **bold**, *slanted*, ~~struck~~ and `code` words, and a [link](https://example.com/).",
      "- one",
      "\t- below one",
      "- two",
      "1. first",
      "- [ ] open",
      "- [x] done",
      "> said",
      "---",
      "```python",
      "print(1)",
      "",
      "print(2)",
      "```",
    ].join("\n");
    expect(read(pageWith(text.replace("## Plan\n", "## Plan\n\n")))).toBe(text);
  });

  test("the first heading becomes the title when none is given", () => {
    const id = pageWith("# Hello\n\nText");
    expect(workshop.admin.readPage(id)?.title).toBe("Hello");
    expect(read(id)).toBe("Text");
  });

  test("is replaced, added to and changed in place", () => {
    const id = pageWith("- [ ] To Do");
    expect(
      change(id, {
        type: "insert_content",
        insert_content: { content: "- Added at the bottom\n" },
      }),
    ).toBe("- [ ] To Do\n- Added at the bottom");
    const after = { content: "1. After it\n", after: "- [ ] To Do\n" };
    expect(change(id, { type: "insert_content", insert_content: after })).toBe(
      "- [ ] To Do\n1. After it\n- Added at the bottom",
    );
    const updates = [{ old_str: "- [ ] To Do", new_str: "- [x] To Do" }];
    expect(
      change(id, { type: "update_content", update_content: { content_updates: updates } }),
    ).toContain("- [x] To Do");
    expect(change(id, { type: "replace_content", replace_content: { new_str: "All new" } })).toBe(
      "All new",
    );
  });

  test("text that is not there is refused, and nothing changes", () => {
    const id = pageWith("Text");
    const body = {
      type: "update_content",
      update_content: { content_updates: [{ old_str: "Other", new_str: "x" }] },
    };
    expect(call("PATCH", `pages/${id}/markdown`, body).status).toBe(400);
    expect(read(id)).toBe("Text");
  });

  test("a task answers 202, and then with the page", () => {
    const id = pageWith("Text");
    const body = {
      allow_async: true,
      type: "replace_content",
      replace_content: { new_str: "Later" },
    };
    const taken = call("PATCH", `pages/${id}/markdown`, body);
    expect(taken).toMatchObject({ status: 202, body: { object: "async_task", status: "queued" } });
    expect(call("GET", `async_tasks/${stringAt(taken.body, "id") ?? ""}`).body).toMatchObject({
      status: "succeeded",
      result: { object: "page_markdown", id, markdown: "Later" },
    });
  });

  test("blocks it cannot print are named", () => {
    const id = pageWith("Text");
    const made = call("PATCH", `blocks/${id}/children`, {
      children: [{ bookmark: { url: "https://example.com/" } }],
    });
    expect(made.status).toBe(200);
    expect(call("GET", `pages/${id}/markdown`).body["unknown_block_ids"]).toHaveLength(1);
  });
});

describe("pages below a page", () => {
  test("are not deleted by new content, unless that is allowed", () => {
    const id = pageWith("one");
    const below = workshop.admin.createPage({ parent: { pageId: id }, title: "Below" });
    const replace = (more: JsonObject): number =>
      call("PATCH", `pages/${id}/markdown`, {
        type: "replace_content",
        replace_content: { new_str: "two", ...more },
      }).status;
    expect(replace({})).toBe(400);
    expect(read(id)).toBe("one");
    expect(replace({ allow_deleting_content: true })).toBe(200);
    expect(read(id)).toBe("two");
    expect(workshop.admin.readPage(below)?.isInTrash).toBe(true);
  });

  test("a text may have more lines than a list of children has places", () => {
    const text = Array.from({ length: 150 }, (_, index) => `line ${index}`).join("\n");
    expect(read(pageWith(text))).toBe(text);
  });
});
