// Plays a cassette against a fresh sandbox, pair by pair, and judges every answer.
import { makeSandboxClock } from "../../src/sandbox/clock.ts";
import { isObject, parseJson, type Json, type JsonObject } from "../../src/sandbox/notion/json.ts";
import { makeNotionSandbox, type NotionWorkshop } from "../../src/sandbox/notion/sandbox.ts";
import type { WorkspacePerson } from "../../src/sandbox/notion/make-world.ts";
import { compareAnswers } from "./notion-compare.ts";
import { newestInstant, type Cassette, type RecordedPair } from "./notion-cassette.ts";
import { makeTranslation, type Translation } from "./notion-translation.ts";

/** The workspace a folder was recorded in. */
export interface RecordedWorkspace {
  readonly rootId: string;
  readonly personId: string;
  readonly botId: string;
  readonly integrationName: string;
  readonly person: WorkspacePerson;
  readonly ambiguousIds: readonly string[];
  /** Makes what the recording took for granted; returns recorded ids with the sandbox's. */
  readonly furnish: (workshop: NotionWorkshop) => Readonly<Record<string, string>>;
}

/** `out of reach`: the request names an object that lay in the workspace before the recording began. */
type Verdict = "matched" | "differs" | "not served" | "out of reach";

export interface JudgedPair {
  readonly cassette: string;
  readonly index: number;
  readonly request: string;
  readonly verdict: Verdict;
  readonly differences: readonly string[];
}

/** Endpoints this sandbox does not have. Everything else counts. */
const notServed: readonly RegExp[] = [/^\/v1\/views/];

export function replayCassette(workspace: RecordedWorkspace, cassette: Cassette): JudgedPair[] {
  const startMs = newestInstant(cassette.pairs[0]?.answer) ?? Date.UTC(2026, 5, 27);
  const clock = makeSandboxClock(startMs);
  clock.freeze(startMs);
  const workshop = makeNotionSandbox({
    clock,
    token: "recorded",
    rateLimit: null,
    integrationName: workspace.integrationName,
    person: workspace.person,
  });
  const translation = makeTranslation({
    [workspace.rootId]: workshop.admin.rootPageId,
    [workspace.personId]: workshop.admin.personId,
    [workspace.botId]: workshop.admin.botId,
    ...workspace.furnish(workshop),
  });
  const colored = coloredNames(cassette);
  return cassette.pairs.map((pair, index): JudgedPair => {
    const request = `${pair.method} ${pair.path.replace("/v1", "")}`;
    if (notServed.some((pattern) => pattern.test(pair.path))) {
      return { cassette: cassette.name, index, request, verdict: "not served", differences: [] };
    }
    if (pair.status < 400 && translation.unknownIds(sentText(pair)).length > 0) {
      return { cassette: cassette.name, index, request, verdict: "out of reach", differences: [] };
    }
    const instant = newestInstant(pair.answer);
    if (instant !== null && instant > clock.nowMs()) clock.freeze(instant);
    const ours = send(workshop, translation, pair);
    const differences =
      ours.status === pair.status
        ? compareAnswers(
            {
              translation,
              ambiguousIds: new Set(workspace.ambiguousIds),
              startMs,
              hasChosenColor: (name) => !colored.has(name),
            },
            ...comparable(translation, pair, ours.body),
          )
        : [`status ${pair.status} became ${ours.status}: ${JSON.stringify(ours.body).slice(0, 300)}`];
    const verdict = differences.length === 0 ? "matched" : "differs";
    return { cassette: cassette.name, index, request, verdict, differences };
  });
}

/** Lists of the whole workspace, which hold what lay there before the recording began. */
const fuzzyLists: readonly string[] = ["POST /v1/search", "GET /v1/file_uploads"];

/**
 * What of two answers can be compared. Which objects a search finds (it is fuzzy and late), and what else lay in
 * the workspace, is not determined by the traffic: only objects both answers hold are kept.
 */
function comparable(translation: Translation, pair: RecordedPair, ours: Json): [Json, Json] {
  const recorded = pair.answer ?? null;
  const isOpen = fuzzyLists.some((list) => list === `${pair.method} ${pair.path}`);
  if (!isOpen || !isObject(recorded) || !isObject(ours)) return [recorded, ours];
  const idsOf = (answer: Json): string[] =>
    (isObject(answer) && Array.isArray(answer["results"]) ? answer["results"] : []).flatMap(
      (hit) => (isObject(hit) && typeof hit["id"] === "string" ? [hit["id"]] : []),
    );
  const both = idsOf(recorded).filter((id) => idsOf(ours).includes(translation.text(id)));
  const keep = (answer: JsonObject, ids: readonly string[]): JsonObject => ({
    ...answer,
    next_cursor: null,
    has_more: false,
    results: ids.flatMap((id) =>
      (Array.isArray(answer["results"]) ? answer["results"] : []).filter(
        (hit) => isObject(hit) && hit["id"] === id,
      ),
    ),
  });
  return [
    keep(recorded, both),
    keep(
      ours,
      both.map((id) => translation.text(id)),
    ),
  ];
}

function send(
  workshop: NotionWorkshop,
  translation: Translation,
  pair: RecordedPair,
): { readonly status: number; readonly body: Json } {
  const query = new URLSearchParams();
  for (const [key, value] of pair.query) query.append(key, translation.text(value));
  const path = pair.path
    .split("/")
    .map((part) => translation.text(part))
    .join("/");
  const isMultipart = pair.rawBody.startsWith("--");
  const answer = workshop.service({
    method: pair.method,
    path,
    query,
    headers: {
      authorization: pair.status === 401 ? "Bearer wrong" : "Bearer recorded",
      "notion-version": pair.version,
      ...(isMultipart && { "content-type": "multipart/form-data" }),
    },
    body:
      pair.body === undefined || isMultipart
        ? pair.rawBody
        : JSON.stringify(translation.json(pair.body)),
  });
  return { status: answer.status, body: parseJson(JSON.stringify(answer.body)) ?? null };
}

/** Names of options whose colour some request states. */
function coloredNames(cassette: Cassette): Set<string> {
  const names = new Set<string>();
  const visit = (value: Json | undefined): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (isObject(value)) {
      const { name, color } = value;
      if (typeof name === "string" && typeof color === "string") names.add(name);
      for (const inner of Object.values(value)) visit(inner);
    }
  };
  for (const { body } of cassette.pairs) visit(body);
  return names;
}

function sentText(pair: RecordedPair): string {
  return `${pair.path} ${pair.query.toString()} ${JSON.stringify(pair.body ?? null)}`;
}
