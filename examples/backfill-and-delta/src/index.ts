// Two syncs for one database: `contactsAll` reads everything, by hand, and removes what is gone;
// `contactsRecent` follows the changes every five minutes. Each says when the CRM changed a contact, so
// that an old reading of one never replaces a newer one of the other.
import { Worker } from "@notionhq/workers";
import * as Builder from "@notionhq/workers/builder";
import * as Schema from "@notionhq/workers/schema";

interface Contact {
  id: string;
  name: string;
  phone: string | null;
  changedAt: string;
}

/** A place in a list that is sorted by time and id: both are needed, since times repeat. */
interface Place {
  time: string;
  id: string;
}

const pageSize = 50;
/** Changes younger than this may still be joined by others of the same moment. */
const lagMs = 10_000;

const worker = new Worker();
export default worker;

const contacts = worker.database("contacts", {
  type: "managed",
  initialTitle: "Contacts",
  primaryKeyProperty: "Contact",
  schema: {
    properties: {
      Name: Schema.title(),
      Contact: Schema.richText(),
      Phone: Schema.phoneNumber(),
    },
  },
});

worker.sync("contactsAll", {
  database: contacts,
  mode: "replace",
  schedule: "manual",
  execute: async (state: Place | undefined) => {
    const list = await readContacts(state, null);
    const last = list.at(-1);
    const hasMore = last !== undefined && list.length === pageSize;
    return {
      changes: list.map(toUpsert),
      hasMore,
      nextState: hasMore ? { time: last.changedAt, id: last.id } : undefined,
    };
  },
});

worker.sync("contactsRecent", {
  database: contacts,
  mode: "incremental",
  schedule: "5m",
  execute: async (state: Place | undefined) => {
    const until = new Date(Date.now() - lagMs).toISOString();
    // What was there before the first look is the other sync's work.
    if (state === undefined) {
      return { changes: [], hasMore: false, nextState: { time: until, id: "" } };
    }
    const list = await readContacts(state, until);
    const last = list.at(-1);
    return {
      changes: list.map(toUpsert),
      hasMore: list.length === pageSize,
      nextState: last === undefined ? state : { time: last.changedAt, id: last.id },
    };
  },
});

async function readContacts(after: Place | undefined, until: string | null): Promise<Contact[]> {
  const query = new URLSearchParams({ limit: String(pageSize) });
  if (after !== undefined) {
    query.set("afterTime", after.time);
    query.set("afterId", after.id);
  }
  if (until !== null) query.set("until", until);
  const answer = await fetch(`${process.env.CRM_URL}/contacts?${query}`);
  if (!answer.ok) throw new Error(`The CRM answered ${answer.status}.`);
  return (await answer.json()) as Contact[];
}

function toUpsert(contact: Contact) {
  return {
    type: "upsert" as const,
    key: contact.id,
    upstreamUpdatedAt: contact.changedAt,
    properties: {
      Name: Builder.title(contact.name),
      Contact: Builder.richText(contact.id),
      // An empty list clears the cell; a property that is left out stays as it is.
      Phone: contact.phone === null ? [] : Builder.phoneNumber(contact.phone),
    },
  };
}
