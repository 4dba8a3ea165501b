// An upstream behind OAuth. Notion's servers fetch and refresh the token; here you do, and hand it over
// in the environment under the name the SDK looks for (see .env.example).
import { Worker } from "@notionhq/workers";
import * as Builder from "@notionhq/workers/builder";
import * as Schema from "@notionhq/workers/schema";

const worker = new Worker();
export default worker;

const auth = worker.oauth("notesAuth", {
  name: "notes",
  authorizationEndpoint: "https://notes.example/oauth/authorize",
  tokenEndpoint: "https://notes.example/oauth/token",
  scope: "read",
  clientId: "only used by Notion's servers",
  clientSecret: "only used by Notion's servers",
});

const notes = worker.database("notes", {
  type: "managed",
  initialTitle: "Notes",
  primaryKeyProperty: "Note",
  schema: { properties: { Title: Schema.title(), Note: Schema.richText(), Link: Schema.url() } },
});

worker.sync("notesSync", {
  database: notes,
  mode: "replace",
  execute: async () => {
    const token = await auth.accessToken();
    const answer = await fetch(`${process.env.NOTES_URL}/notes`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!answer.ok) throw new Error(`The notes answered ${answer.status}.`);
    const list = (await answer.json()) as { id: string; title: string; link: string }[];
    return {
      changes: list.map((note) => ({
        type: "upsert" as const,
        key: note.id,
        properties: {
          Title: Builder.title(note.title),
          Note: Builder.richText(note.id),
          Link: Builder.url(note.link),
        },
      })),
      hasMore: false,
    };
  },
});
