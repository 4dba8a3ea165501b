// Rows of a destination: made with everything in one call, changed in the parts given, moved to the trash.
// Says of each what became of it; only what concerns every row throws.
import { recordId, type RecordId } from "../../../core/ids.ts";
import { SyncError } from "../../../errors.ts";
import type { RowContent, RowCreate, RowOutcome, RowUpdate } from "../../destination.ts";
import type { WriteResult } from "../caller.ts";
import type { Call } from "../client.ts";
import { refusalError, type Refusal } from "../failure.ts";
import { isPageId } from "../lookup.ts";
import { pageSchema, type WirePage } from "../wire.ts";
import { fitBody, replaceBody } from "./body.ts";
import type { Column } from "./column.ts";
import { keyOf } from "./key.ts";
import { blame, bodyOf, encodePage, learnPeople, type PagePart, type PageWrite } from "./page.ts";
import { readDataSource } from "./source-call.ts";
import { preparedTable, type Table, type TableState } from "./table.ts";

type Failed = Extract<RowOutcome, { readonly kind: "failed" }>;

/** Times a page is sent again without what the service did not take. */
const retriesMax = 5;

function failed(why: Failed["why"], message: string): Failed {
  return { kind: "failed", why, message, property: null };
}

/** Throws when the table itself is out of reach: then the refusal says nothing about the row. */
async function checkReach(state: TableState, table: Table): Promise<void> {
  const what = `the database "${table.binding.title}"`;
  const found = await readDataSource(state.connection.caller, table.wire.id);
  if (found.kind === "refused") throw refusalError(found.refusal, what);
  if (found.body.in_trash === true) {
    const refusal: Refusal = { kind: "missing", status: 200, code: "", message: "in the trash" };
    throw refusalError(refusal, what);
  }
}

type Sent =
  | { readonly kind: "page"; readonly page: WirePage; readonly notes: readonly string[] }
  | { readonly kind: "ended"; readonly outcome: RowOutcome };

interface Sending {
  readonly method: "post" | "patch";
  readonly path: string;
  /** What goes along whatever is given up. */
  readonly fixed: Readonly<Record<string, unknown>>;
}

async function sendOnce(
  state: TableState,
  sending: Sending,
  parts: readonly PagePart[],
): Promise<WriteResult<WirePage>> {
  const { source } = preparedTable(state);
  const call: Call & { readonly kind: "write" } = {
    kind: "write",
    method: sending.method,
    path: sending.path,
    // Answers carry the title alone: nothing else of them is read.
    query: { filter_properties: [encodeURIComponent(source.title)] },
    body: { ...sending.fixed, ...bodyOf(parts) },
  };
  return state.connection.caller.write(call, pageSchema);
}

/** Sends a page, and again without a part that is refused, as long as there is one to give up. */
async function send(state: TableState, sending: Sending, page: PageWrite): Promise<Sent> {
  const notes = [...page.notes];
  const key = state.declaration.primaryKey;
  let { parts } = page;
  // Bound: `retriesMax`, and every retry gives a part up.
  for (let retry = 0; ; retry += 1) {
    const result = await sendOnce(state, sending, parts);
    switch (result.kind) {
      case "ok":
        return { kind: "page", page: result.body, notes };
      case "busy":
        return { kind: "ended", outcome: { kind: "not-applied", message: result.message } };
      case "doubt": {
        const { message, hint } = result;
        const id = hint === null ? null : recordId(hint);
        return { kind: "ended", outcome: { kind: "unknown", message, hint: id } };
      }
      case "refused":
        break;
    }
    const { refusal } = result;
    // A page that points to one that is gone may be answered as missing itself.
    const blamed =
      refusal.kind === "invalid" || refusal.kind === "missing" ? blame(parts, refusal.message) : [];
    const isHopeless = blamed.length === 0 || blamed.some(({ name }) => name === key);
    if (isHopeless || retry === retriesMax) {
      const property = blamed.find(({ column }) => column !== null)?.name ?? null;
      return { kind: "ended", outcome: { ...failed(refusal.kind, refusal.message), property } };
    }
    parts = parts.filter((part) => !blamed.includes(part));
    notes.push(
      ...blamed.map(
        ({ name }) => `${name}: Notion refused it and it was left out. ${refusal.message}`,
      ),
    );
  }
}

/** Refusals that may mean the table: they throw when it is out of reach. */
async function settleRefused(
  state: TableState,
  outcome: RowOutcome,
  isNew: boolean,
): Promise<RowOutcome> {
  if (outcome.kind !== "failed") return outcome;
  const isAboutTable =
    outcome.why === "missing" ||
    outcome.why === "forbidden" ||
    (isNew && outcome.why === "trashed");
  if (isAboutTable) await checkReach(state, preparedTable(state));
  return outcome;
}

/** A lost answer that named its page: if the page is there with the key, the create was done. */
async function confirm(state: TableState, outcome: RowOutcome, key: string): Promise<RowOutcome> {
  if (outcome.kind !== "unknown" || outcome.hint === null || !isPageId(outcome.hint)) {
    return outcome;
  }
  const table = preparedTable(state);
  const { caller } = state.connection;
  const found = await caller
    .read({ kind: "read", method: "get", path: `pages/${outcome.hint}` }, pageSchema)
    .catch((error: unknown) => {
      if (error instanceof SyncError) return null;
      throw error;
    });
  if (found?.kind !== "ok" || found.body.in_trash === true) return outcome;
  const isOurs = keyOf(table, found.body) === key;
  return isOurs ? { kind: "done", id: outcome.hint, notes: [] } : outcome;
}

function titleColumn(table: Table): Column {
  return { name: "title", wireId: table.titleId, type: "title", options: new Map() };
}

export async function createRow(state: TableState, row: RowCreate): Promise<RowOutcome> {
  const table = preparedTable(state);
  const { directory } = state.connection;
  await learnPeople(directory, row);
  const page = encodePage(table, row, { isNew: true, directory });
  const hasTitle = page.parts.some(({ column }) => column?.type === "title");
  const body = row.body === null || row.body === "" ? null : fitBody(row.body);
  const fixed = {
    parent: { type: "data_source_id", data_source_id: table.wire.id },
    ...(body === null ? {} : { markdown: body.markdown }),
  };
  // Without a title the body's first heading would become it (Notion docs: Create a page).
  const untitled: PagePart = { column: titleColumn(table), name: "title", json: { title: [] } };
  const parts = body !== null && !hasTitle ? [untitled, ...page.parts] : page.parts;
  const notes = [...page.notes, ...(body?.notes ?? [])];
  const sent = await send(state, { method: "post", path: "pages", fixed }, { parts, notes });
  if (sent.kind === "page") {
    return { kind: "done", id: recordId(sent.page.id), notes: sent.notes };
  }
  return confirm(state, await settleRefused(state, sent.outcome, true), row.key);
}

async function patch(
  state: TableState,
  id: RecordId,
  change: { readonly page: PageWrite; readonly fixed: Readonly<Record<string, unknown>> },
): Promise<Sent> {
  const sending: Sending = { method: "patch", path: `pages/${id}`, fixed: change.fixed };
  const sent = await send(state, sending, change.page);
  if (sent.kind === "page") return sent;
  return { kind: "ended", outcome: await settleRefused(state, sent.outcome, false) };
}

const nothing: PageWrite = { parts: [], notes: [] };

async function updateBody(
  state: TableState,
  id: RecordId,
  content: RowContent,
): Promise<readonly string[] | RowOutcome> {
  if (content.body === null) return [];
  const replaced = await replaceBody(state.connection.caller, id, content.body);
  if (replaced.kind === "notes") return replaced.notes;
  return settleRefused(state, replaced.outcome, false);
}

export async function updateRow(state: TableState, row: RowUpdate): Promise<RowOutcome> {
  const { id } = row;
  if (!isPageId(id)) return failed("missing", `"${id}" is no id of a Notion page`);
  const { directory } = state.connection;
  await learnPeople(directory, row);
  const page = encodePage(preparedTable(state), row, { isNew: false, directory });
  if (row.isRevival) {
    // Whether a page can be taken from the trash and changed at once is not documented.
    const revived = await patch(state, id, { page: nothing, fixed: { in_trash: false } });
    if (revived.kind === "ended") return revived.outcome;
  }
  const notes = [...page.notes];
  if (page.parts.length > 0) {
    const sent = await patch(state, id, { page, fixed: {} });
    if (sent.kind === "ended") return sent.outcome;
    notes.splice(0, Infinity, ...sent.notes);
  }
  const body = await updateBody(state, id, row);
  if ("kind" in body) return body;
  return { kind: "done", id, notes: [...notes, ...body] };
}

/** To the trash. A page that lies there already is where it should be. */
export async function trashRow(state: TableState, id: RecordId): Promise<RowOutcome> {
  if (!isPageId(id)) return failed("missing", `"${id}" is no id of a Notion page`);
  const sent = await patch(state, id, { page: nothing, fixed: { in_trash: true } });
  if (sent.kind === "page") return { kind: "done", id, notes: [] };
  const { outcome } = sent;
  const isThere = outcome.kind === "failed" && outcome.why === "trashed";
  return isThere ? { kind: "done", id, notes: [] } : outcome;
}
