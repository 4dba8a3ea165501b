// The real store on an in-memory database that outlives the engine's objects: a crash throws away the
// store object with its leases, and the next start opens the same database again.
import BetterSqlite from "better-sqlite3";
import { Kysely } from "kysely";
import { makeKyselyStore } from "../../src/store/kysely-store.ts";
import { migrate, migrations } from "../../src/store/migrate.ts";
import { WriterSqliteDialect } from "../../src/store/sqlite/dialect.ts";
import { translateFailure } from "../../src/store/sqlite/failure.ts";
import type { Store } from "../../src/store/store.ts";
import type { Tables } from "../../src/store/tables.ts";

export interface MemoryDisk {
  /** What a starting process opens; locks of a dead one are free. */
  open(nowMs: () => number): Store;
  /** Every row of every table that may not change in a quiet run. */
  dump(): string;
  /** Forgets everything, as a lost file does. */
  erase(): void;
  close(): Promise<void>;
}

const quietTables = ["link", "intent", "conflict", "quarantine"] as const;

/** Opened once a process and erased between histories: migrating costs more than many runs. */
export async function makeMemoryDisk(): Promise<MemoryDisk> {
  const file = new BetterSqlite(":memory:");
  file.pragma("foreign_keys = ON");
  const db = new Kysely<Tables>({ dialect: new WriterSqliteDialect(file) });
  const words = { integer: "integer", tableEnd: "strict" };
  const storeId = await migrate(db, { words, newStoreId: "sim", nowMs: 0, migrations });
  const names = file
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
    .all()
    .flatMap((row) =>
      typeof row === "object" && row !== null && "name" in row ? [String(row.name)] : [],
    )
    .filter((name) => name !== "meta");
  const born = names.flatMap((name) =>
    file
      .prepare(`select * from "${name}"`)
      .all()
      .map((row) => ({ name, row: Object.entries(row ?? {}) })),
  );
  return {
    open: (nowMs) => {
      const locks = new Set<string>();
      return makeKyselyStore({
        db,
        storeId,
        nowMs,
        translate: (error) => translateFailure(error, ":memory:"),
        tryLock: (name) => {
          if (locks.has(name)) return null;
          locks.add(name);
          return { release: () => void locks.delete(name) };
        },
      });
    },
    dump: () =>
      JSON.stringify(quietTables.map((name) => file.prepare(`select * from "${name}"`).all())),
    erase: () => {
      file.pragma("foreign_keys = OFF");
      for (const name of names) file.exec(`delete from "${name}"`);
      for (const { name, row } of born) {
        const marks = row.map(() => "?").join(", ");
        const list = row.map(([column]) => column).join(", ");
        file
          .prepare(`insert into "${name}" (${list}) values (${marks})`)
          .run(...row.map(([, value]: [string, unknown]) => value));
      }
      file.pragma("foreign_keys = ON");
    },
    close: () => db.destroy(),
  };
}
