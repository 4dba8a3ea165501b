import { describe, expect, test } from "vitest";
import { scriptNotionWire } from "../../../test/fixture/notion-wire.ts";
import { makeConnection, type ConnectionOptions } from "./connection.ts";
import { selfSchema } from "./wire.ts";

const self = { object: "user", id: "u", type: "bot" };
const me = { kind: "read", method: "get", path: "users/me" } as const;

describe("the token", () => {
  test("is sent without the blanks that come along when it is pasted", async () => {
    const wire = scriptNotionWire(() => ({ body: self }));
    const connection = wire.connect({ token: " ntn_pasted\n" });
    connection.checkToken();
    await connection.caller.read(me, selfSchema);
    const headers = new Headers(wire.sent[0]?.init.headers);
    expect(headers.get("authorization")).toBe("Bearer ntn_pasted");
  });

  test.each([
    ["", "The Notion token is empty."],
    ["  ", "The Notion token is empty."],
    ["ntn_a b", "The Notion token holds a stray character."],
    ["ntn_“a”", "The Notion token holds a stray character."],
    ["ntn_\u0007", "The Notion token holds a stray character."],
  ])(
    "%j is refused before anything is sent, and is not repeated in the message",
    (token, message) => {
      const wire = scriptNotionWire(() => ({ body: self }));
      const connection = wire.connect({ token });
      const check = (): void => {
        connection.checkToken();
      };
      expect(check).toThrow(expect.objectContaining({ code: "unauthorized", message }));
      expect(wire.requests).toEqual([]);
    },
  );
});

describe("the budget", () => {
  /** When each of so many requests went out, in ms from the first. */
  const sentAt = async (count: number, options: Partial<ConnectionOptions>): Promise<number[]> => {
    const times: number[] = [];
    const wire = scriptNotionWire(() => {
      times.push(wire.timing.atMs - 1_000_000);
      return { body: self };
    });
    const { caller } = makeConnection({ ...wire.options, ...options });
    for (let at = 0; at < count; at += 1) await caller.read(me, selfSchema);
    return times;
  };

  test("is what most plans have in a minute, and a little more than a minute long", async () => {
    const times = await sentAt(361, {});
    expect([times[179], times[180], times[359], times[360]]).toEqual([0, 60_500, 60_500, 121_000]);
  });

  test("is one for a token and an address, whoever connects, and no other's", async () => {
    const wire = scriptNotionWire(() => ({ body: self }));
    const isSent = async (token: string, baseUrl: string): Promise<boolean> => {
      const { fetch } = wire;
      const options = { token, baseUrl, fetch, requestsPerMinute: 1, patienceMs: 30_000 };
      const sent = makeConnection(options).caller.read(me, selfSchema);
      return sent.then(
        () => true,
        () => false,
      );
    };
    const [one, two] = ["https://one.test", "https://two.test"];
    expect(await isSent("ntn_shared", one)).toBe(true);
    expect(await isSent("ntn_shared", one)).toBe(false);
    expect(await isSent("ntn_shared", two)).toBe(true);
    expect(await isSent("ntn_other", one)).toBe(true);
    expect(wire.requests).toHaveLength(3);
  });

  test("can be set to what the plan has", async () => {
    expect(await sentAt(3, { requestsPerMinute: 2 })).toEqual([0, 0, 60_500]);
  });
});
