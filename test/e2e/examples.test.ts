// Every example as a user runs it: the built program, the project as it lies in the repository, a local
// Notion behind it and a stand-in for its upstream before it.
import { createHmac } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { makeWorkerBench, type WorkerBench, type WorkerBenchOptions } from "./worker-bench.ts";

vi.setConfig({ testTimeout: 300_000 });

let bench: WorkerBench | null = null;
afterEach(async () => {
  await bench?.close();
  bench = null;
});

async function open(options: WorkerBenchOptions = {}): Promise<WorkerBench> {
  bench = await makeWorkerBench(options);
  return bench;
}

/** One line of a `.env` beside the worker. */
function setVariables(directory: string, name: string, variables: Record<string, string>): void {
  const lines = Object.entries(variables).map(([key, content]) => `${key}=${content}`);
  writeFileSync(join(directory, name, ".env"), `${lines.join("\n")}\n`);
}

test("W1: all of them are listed without any secret set, with what runs here", async () => {
  const { configure, example, json } = await open();
  const names = [
    "replace-simple",
    "replace-paginated",
    "incremental",
    "backfill-and-delta",
    "related-databases",
    "oauth-token",
    "pacer",
    "tool-and-webhook",
  ];
  configure(Object.fromEntries(names.map((name) => [name, [`path: ${example(name)}`]])));
  const views = await json("worker", "list");
  expect(views.map((view) => [view["name"], view["error"]])).toEqual(
    names.map((name) => [name, null]),
  );
  expect(
    views.flatMap((view) => (view["syncs"] as { key: string }[]).map(({ key }) => key)),
  ).toEqual([
    "teamSync",
    "productsSync",
    "ticketsSync",
    "contactsAll",
    "contactsRecent",
    "tasksSync",
    "projectsSync",
    "notesSync",
    "stationsSync",
    "warningsSync",
  ]);
});

test("W1 W2 W3 replace-simple: preview, cycle, a second one without a write, an edit, a removal", async () => {
  const { configure, example, run, rows, writes, directory } = await open();
  configure({ team: [`path: ${example("replace-simple")}`] });
  const preview = await run("worker", "trigger", "teamSync", "--preview");
  expect(preview).toMatchObject({ code: 0, stderr: "" });
  expect(preview.stdout).toMatch(/Make the database "Team".*Mara Lindqvist.*3 created/su);
  expect(writes()).toBe(0);
  expect(await run("worker", "trigger", "teamSync")).toMatchObject({ code: 0 });
  const team = await rows("team/team", "Member ID");
  expect(team.get("m-1")?.values).toMatchObject({
    Name: "Mara Lindqvist",
    Role: "Design",
    Email: "mara@acme.example",
    Since: { start: "2023-04-01" },
  });
  const before = writes();
  const again = await run("worker", "trigger", "teamSync");
  expect(again.stdout).toContain("3 unchanged");
  expect(writes()).toBe(before);
  const file = join(directory, "replace-simple/team.json");
  const members = JSON.parse(readFileSync(file, "utf8")) as { id: string; name: string }[];
  writeFileSync(file, JSON.stringify([{ ...members[0], name: "Mara Ek" }, members[1]]));
  const edited = await run("worker", "trigger", "teamSync");
  expect(edited.stdout).toContain("1 updated, 1 removed, 1 unchanged");
  const left = await rows("team/team", "Member ID");
  expect([...left.keys()]).toEqual(["m-1", "m-2"]);
  expect(left.get("m-1")?.values["Name"]).toBe("Mara Ek");
});

test("W3 replace-paginated: pages one after the other, previews that walk on", async () => {
  const { configure, example, run, json, rows, upstream, directory } = await open();
  configure({ shop: [`path: ${example("replace-paginated")}`] });
  setVariables(directory, "replace-paginated", {
    SHOP_URL: upstream.url,
    SHOP_KEY: "key-12345678",
  });
  upstream.answer = ({ query }) => {
    const page = Number(query.get("page"));
    const products = [1, 2].map((at) => ({
      sku: `${page}-${at}`,
      title: `Product ${page}-${at}`,
      price: page + at / 10,
      inStock: at === 1,
    }));
    return { json: { products, pages: 3 } };
  };
  const first = await json("worker", "trigger", "productsSync", "--preview");
  expect(first.at(-1)).toMatchObject({ hasMore: true, nextContext: { page: 2 } });
  const walked = await json(
    "worker",
    "trigger",
    "productsSync",
    "--preview",
    "--context",
    '{"page":3}',
  );
  expect(walked.at(-1)).toMatchObject({ type: "preview", hasMore: false });
  expect(walked[0]).toMatchObject({ type: "preview-row", key: "3-1" });
  const cycle = await run("worker", "trigger", "productsSync");
  expect(cycle.stdout).toMatch(/6 created.*3 executions/su);
  expect(upstream.calls.at(-1)?.headers["authorization"]).toBe("Bearer key-12345678");
  const products = await rows("shop/products", "SKU");
  expect(products.get("2-1")?.values).toMatchObject({ Price: 2.1, "In stock": true });
});

test("W7 incremental: the cursor outlives the cycle, also one without changes; removals are carried out", async () => {
  const { configure, example, run, json, rows, upstream, directory } = await open();
  configure({ desk: [`path: ${example("incremental")}`] });
  setVariables(directory, "incremental", { DESK_URL: upstream.url });
  const saved = (id: string, subject: string, at: string) => ({
    id,
    kind: "saved",
    subject,
    state: "open",
    at,
  });
  const feeds: Record<string, unknown> = {
    "": { events: [saved("T1", "Printer", "2026-01-01T10:00:00Z")], cursor: "c1", more: true },
    c1: { events: [saved("T2", "Mouse", "2026-01-01T11:00:00Z")], cursor: "c2", more: false },
    c2: { events: [], cursor: "c2", more: false },
  };
  upstream.answer = ({ query }) => ({ json: feeds[query.get("after") ?? ""] });
  expect((await run("worker", "trigger", "ticketsSync")).stdout).toContain("2 created");
  expect((await run("worker", "trigger", "ticketsSync")).stdout).toContain("no changes");
  expect(await json("worker", "state", "get", "ticketsSync")).toMatchObject([
    { state: { cursor: "c2" }, cyclesDone: 2 },
  ]);
  feeds["c2"] = {
    events: [{ id: "T1", kind: "removed", subject: "", state: "", at: "2026-01-02T10:00:00Z" }],
    cursor: "c3",
    more: false,
  };
  expect((await run("worker", "trigger", "ticketsSync")).stdout).toContain("1 removed");
  expect([...(await rows("desk/tickets", "Ticket")).keys()]).toEqual(["T2"]);
  expect(upstream.calls.map(({ query }) => query.get("after"))).toEqual(["", "c1", "c2", "c2"]);
});

test("W8 backfill-and-delta: an old reading of the one never replaces a newer one of the other", async () => {
  const { configure, example, run, rows, upstream, directory } = await open();
  configure({ crm: [`path: ${example("backfill-and-delta")}`] });
  setVariables(directory, "backfill-and-delta", { CRM_URL: upstream.url });
  const ada = { id: "A", name: "Ada", phone: "1", changedAt: "2026-01-01T10:00:00Z" };
  const bob = { id: "B", name: "Bob", phone: null, changedAt: "2026-01-01T10:00:00Z" };
  // Ada was changed since: the first look only sets the mark, the second sees her, the full list not yet.
  let recent: unknown[] = [];
  upstream.answer = ({ query }) => ({ json: query.has("until") ? recent : [ada, bob] });
  expect((await run("worker", "trigger", "contactsRecent")).stdout).toContain("no changes");
  recent = [{ ...ada, name: "Ada Lovelace", changedAt: "2026-02-01T10:00:00Z" }];
  expect((await run("worker", "trigger", "contactsRecent")).stdout).toContain("1 created");
  const all = await run("worker", "trigger", "contactsAll");
  expect(all).toMatchObject({ code: 0 });
  expect(all.stdout).toContain("1 created, 1 older");
  const contacts = await rows("crm/contacts", "Contact");
  expect(contacts.get("A")?.values["Name"]).toBe("Ada Lovelace");
  expect(contacts.size).toBe(2);
});

test("W10 related-databases: a relation to rows that come later, from the other sync", async () => {
  const { configure, example, run, json, rows, upstream, directory, notion } = await open();
  const mara = notion.admin.addUser({ name: "Mara", email: "mara@acme.example" });
  configure({ planner: [`path: ${example("related-databases")}`] });
  setVariables(directory, "related-databases", { PLANNER_URL: upstream.url });
  const lists: Record<string, unknown> = {
    "/tasks": [
      { id: "T1", name: "Write", done: false, project: "P1", assignee: "mara@acme.example" },
      { id: "T2", name: "Print", done: true, project: "P9", assignee: null },
    ],
    "/projects": [{ id: "P1", name: "Book" }],
  };
  upstream.answer = ({ path }) => ({ json: lists[path] });
  expect(await run("worker", "trigger", "tasksSync")).toMatchObject({ code: 0 });
  const [waiting] = await json("worker", "status", "tasksSync");
  expect(waiting).toMatchObject({ health: "HEALTHY", waiting: 2 });
  expect(await run("worker", "trigger", "projectsSync")).toMatchObject({ code: 0 });
  const tasks = await rows("planner/tasks", "Task ID");
  const projects = await rows("planner/projects", "Project ID");
  expect(tasks.get("T1")?.values).toMatchObject({
    State: "Open",
    Assignee: [mara],
    Project: [projects.get("P1")?.id],
  });
  expect(tasks.get("T2")?.values).toMatchObject({ State: "Done", Project: [] });
  expect(projects.get("P1")?.values["Tasks"]).toEqual([tasks.get("T1")?.id]);
  expect(await json("worker", "status", "tasksSync")).toMatchObject([{ waiting: 1 }]);
});

test("W12 oauth-token: the token comes from the environment, and never stands in a log", async () => {
  const { configure, example, run, upstream, directory } = await open();
  configure({ notes: [`path: ${example("oauth-token")}`] });
  setVariables(directory, "oauth-token", { NOTES_URL: upstream.url });
  upstream.answer = () => ({ json: [{ id: "1", title: "One", link: "https://notes.example/1" }] });
  const without = await run("worker", "trigger", "notesSync");
  expect(without.code).toBe(75);
  expect(without.stdout).toContain("notes");
  setVariables(directory, "oauth-token", {
    NOTES_URL: upstream.url,
    OAUTH_6E6F746573_ACCESS_TOKEN: "tok-abcdef123456",
  });
  const done = await run("worker", "trigger", "notesSync", "--verbose");
  expect(done).toMatchObject({ code: 0 });
  expect(upstream.calls.at(-1)?.headers["authorization"]).toBe("Bearer tok-abcdef123456");
  expect(done.stdout + done.stderr).not.toContain("tok-abcdef123456");
});

test("W11 pacer: two syncs side by side keep the upstream's budget together", async () => {
  const { configure, example, run, start, upstream, directory } = await open();
  configure({ weather: [`path: ${example("pacer")}`] });
  setVariables(directory, "pacer", { WEATHER_URL: upstream.url });
  upstream.answer = ({ path, query }) => {
    const page = Number(query.get("page"));
    const kind = path.slice(1, 3);
    return { json: page > 12 ? [] : [{ code: `${kind}-${page}`, name: `${kind} ${page}` }] };
  };
  const serve = start("serve", "--json");
  while (upstream.calls.length < 26 && serve.child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  serve.child.kill("SIGTERM");
  expect(await serve.done).toMatchObject({ code: 0 });
  const times = upstream.calls.map(({ atMs }) => atMs);
  const kinds = new Set(upstream.calls.map(({ path }) => path.split("?")[0]));
  expect(kinds.size).toBe(2);
  // 26 calls at ten a second. Each with a budget of its own, the two would be done in half of that.
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(1_900);
  expect((await run("worker", "runs", "list")).stdout).toContain("weather/stationsSync");
});

test("W11 pacer: a pause that the upstream asks for is kept, by the schedule and by hand", async () => {
  const { configure, example, run, json, upstream, directory } = await open();
  configure({ weather: [`path: ${example("pacer")}`] });
  setVariables(directory, "pacer", { WEATHER_URL: upstream.url });
  upstream.answer = () => ({ status: 429, headers: { "retry-after": "120" } });
  const limited = await run("worker", "trigger", "stationsSync");
  expect(limited.code).toBe(75);
  expect(limited.stdout).toContain("rate-limited");
  const calls = upstream.calls.length;
  const early = await run("worker", "trigger", "stationsSync");
  expect(early.code).toBe(75);
  expect(early.stderr).toContain("asked for a pause");
  expect(upstream.calls.length).toBe(calls);
  const [status] = await json("worker", "status", "stationsSync");
  expect(status).toMatchObject({ health: "WARNING", failures: 1 });
  const nextMs = Date.parse(String(status?.["nextStartAt"]));
  expect(nextMs).toBeGreaterThan(Date.now() + 100_000);
});

test("W14 tool-and-webhook: a tool by hand, a signed call handled, a forged one refused", async () => {
  const { configure, example, run, json, start, directory } = await open();
  configure({ shop: [`path: ${example("tool-and-webhook")}`] }, ["serve: { port: 0 }"]);
  setVariables(directory, "tool-and-webhook", { ORDERS_SECRET: "swordfish" });
  const counted = await run("worker", "exec", "countWords", "-d", '{"text":"three short words"}');
  expect(JSON.parse(counted.stdout)).toEqual({ words: 3 });
  const serve = start("serve");
  let said = "";
  serve.child.stderr?.on("data", (part: string) => {
    said += part;
  });
  while (!said.includes("POST http") && serve.child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const url = /POST (?<url>http\S+)/u.exec(said)?.groups?.["url"] ?? "";
  const body = '{"order":"A-17"}';
  const signature = createHmac("sha256", "swordfish").update(body).digest("hex");
  const forged = await fetch(url, { method: "POST", body, headers: { "x-shop-signature": "00" } });
  expect([forged.status, await forged.text()]).toEqual([401, "not signed"]);
  const signed = await fetch(url, {
    method: "POST",
    body,
    headers: { "x-shop-signature": signature },
  });
  expect(signed.status).toBe(202);
  let runs: readonly Record<string, unknown>[] = [];
  for (let tries = 0; tries < 20 && runs.length === 0; tries += 1) {
    runs = await json("worker", "runs", "list").catch(() => []);
  }
  expect(runs).toMatchObject([{ trigger: "webhook", status: "ok", sync: "shop/orders" }]);
  serve.child.kill("SIGTERM");
  expect(await serve.done).toMatchObject({ code: 0 });
  const log = await run("worker", "runs", "logs", String(runs[0]?.["id"]));
  expect(log.stdout).toContain("order A-17 arrived");
  expect((await json("worker", "webhooks", "list"))[0]).toMatchObject({
    hook: "shop/orders",
    queued: 0,
  });
});
