// A feed of changes with a cursor. The cursor outlives the cycle: the next one begins where this one
// ended, also when there was nothing new. Removals come as changes of their own.
import { Worker } from "@notionhq/workers";
import * as Builder from "@notionhq/workers/builder";
import * as Schema from "@notionhq/workers/schema";

interface Feed {
  events: { id: string; kind: "saved" | "removed"; subject: string; state: string; at: string }[];
  cursor: string;
  more: boolean;
}

const worker = new Worker();
export default worker;

const tickets = worker.database("tickets", {
  type: "managed",
  initialTitle: "Tickets",
  primaryKeyProperty: "Ticket",
  schema: {
    properties: {
      Subject: Schema.title(),
      Ticket: Schema.richText(),
      State: Schema.select([]),
      Changed: Schema.date(),
    },
  },
});

worker.sync("ticketsSync", {
  database: tickets,
  mode: "incremental",
  schedule: "5m",
  execute: async (state: { cursor: string } | undefined) => {
    const after = encodeURIComponent(state?.cursor ?? "");
    const answer = await fetch(`${process.env.DESK_URL}/events?after=${after}`);
    if (!answer.ok) throw new Error(`The desk answered ${answer.status}.`);
    const feed = (await answer.json()) as Feed;
    return {
      changes: feed.events.map((event) =>
        event.kind === "removed"
          ? { type: "delete" as const, key: event.id }
          : {
              type: "upsert" as const,
              key: event.id,
              upstreamUpdatedAt: event.at,
              properties: {
                Subject: Builder.title(event.subject),
                Ticket: Builder.richText(event.id),
                State: Builder.select(event.state),
                Changed: Builder.dateTime(event.at, "UTC"),
              },
            },
      ),
      hasMore: feed.more,
      nextState: { cursor: feed.cursor },
    };
  },
});
