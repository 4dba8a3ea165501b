// The smallest sync: a file that is read whole each time. What leaves the file leaves the database.
// Needs no network and no secret, so it is the one to try first.
import { readFile } from "node:fs/promises";
import { Worker } from "@notionhq/workers";
import * as Builder from "@notionhq/workers/builder";
import * as Schema from "@notionhq/workers/schema";

interface Member {
  id: string;
  name: string;
  role: string;
  email: string;
  since: string;
  about: string;
}

const worker = new Worker();
export default worker;

const team = worker.database("team", {
  type: "managed",
  initialTitle: "Team",
  primaryKeyProperty: "Member ID",
  schema: {
    properties: {
      Name: Schema.title(),
      "Member ID": Schema.richText(),
      Role: Schema.select([
        { name: "Design", color: "pink" },
        { name: "Engineering", color: "blue" },
      ]),
      Email: Schema.email(),
      Since: Schema.date(),
    },
  },
});

worker.sync("teamSync", {
  database: team,
  mode: "replace",
  schedule: "1h",
  execute: async () => {
    const text = await readFile(new URL("../team.json", import.meta.url), "utf8");
    const members = JSON.parse(text) as Member[];
    return {
      changes: members.map((member) => ({
        type: "upsert" as const,
        key: member.id,
        icon: Builder.emojiIcon(member.role === "Design" ? "🎨" : "🔧"),
        properties: {
          Name: Builder.title(member.name),
          "Member ID": Builder.richText(member.id),
          Role: Builder.select(member.role),
          Email: Builder.email(member.email),
          Since: Builder.date(member.since),
        },
        pageContentMarkdown: member.about,
      })),
      hasMore: false,
    };
  },
});
