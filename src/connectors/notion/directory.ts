// Who in the workspace has which e-mail address. Learned from every cell that names people, and, when
// somebody unknown is to be written, from the workspace's list of people, once a run. Without the
// capability to read people the list is refused, and only those seen in cells can be written.
import type { Value } from "../../core/value.ts";
import type { Caller, ReadResult } from "./caller.ts";
import { parsePerson } from "./codec/people.ts";
import { limits } from "./limits.ts";
import { listSchema, type WireList } from "./wire.ts";

export interface Directory {
  /** Takes the people of a decoded cell in. */
  learn(value: Value): void;
  /** The user with an address in lower case, as far as is known. */
  userIdOf(email: string): string | null;
  /** Looks the workspace's people up, if somebody in `values` is unknown and it was not done yet. */
  prepare(values: Iterable<Value>): Promise<void>;
}

export function makeDirectory(caller: Caller): Directory {
  const ids = new Map<string, string>();
  /** Shared by all who wait for it; begun again only after a failure. */
  let listing: Promise<void> | null = null;

  const list = async (): Promise<void> => {
    let cursor: string | null = null;
    for (let page = 0; page < limits.userPagesMax; page += 1) {
      const result: ReadResult<WireList> = await caller.read(
        {
          kind: "read",
          method: "get",
          path: "users",
          query: {
            page_size: limits.pageSize,
            ...(cursor === null ? {} : { start_cursor: cursor }),
          },
        },
        listSchema,
      );
      // 403: the connection may not read people (Notion docs: Capabilities).
      if (result.kind === "refused") return;
      for (const user of result.body.results) {
        const person = parsePerson(user);
        if (person !== null && person.email !== null) ids.set(person.email, person.id);
      }
      const next: string | null = result.body.next_cursor ?? null;
      if (next === null || next === cursor) return;
      cursor = next;
    }
  };

  const userIdOf = (email: string): string | null => ids.get(email) ?? null;

  return {
    learn: (value) => {
      if (value.kind !== "people") return;
      for (const person of value.people) {
        if (person.email !== null) ids.set(person.email, person.id);
      }
    },
    userIdOf,
    prepare: async (values) => {
      const isUnknown = [...values].some(
        (value) =>
          value.kind === "people" &&
          value.people.some(
            ({ email }) => email !== null && userIdOf(email.toLowerCase()) === null,
          ),
      );
      if (!isUnknown) return;
      listing ??= list().catch((error: unknown) => {
        listing = null;
        throw error;
      });
      await listing;
    },
  };
}
