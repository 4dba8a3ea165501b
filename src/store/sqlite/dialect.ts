// Kysely's SQLite dialect with three changes: transactions begin as writers, so that two processes wait
// for each other at the start and never fail half-way through an upgrade from reader to writer; what
// SQLite has rolled back by itself is not rolled back again, which would hide the reason; and prepared
// statements are kept, because a run sends the same few hundreds of thousands of times.
import type BetterSqlite from "better-sqlite3";
import {
  CompiledQuery,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type Driver,
  type SqliteDatabase,
  type SqliteStatement,
} from "kysely";

/** Prepared statements kept; one that was not used for the longest time makes room. */
const statementCountMax = 100;

export class WriterSqliteDialect extends SqliteDialect {
  readonly #database: SqliteDatabase;
  readonly #isInTransaction: () => boolean;

  constructor(database: BetterSqlite.Database) {
    const caching = withStatementCache(database);
    super({ database: caching });
    this.#database = caching;
    this.#isInTransaction = () => database.inTransaction;
  }

  override createDriver(): Driver {
    return new WriterSqliteDriver({ database: this.#database }, this.#isInTransaction);
  }
}

class WriterSqliteDriver extends SqliteDriver {
  readonly #isInTransaction: () => boolean;

  constructor(config: { readonly database: SqliteDatabase }, isInTransaction: () => boolean) {
    super(config);
    this.#isInTransaction = isInTransaction;
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("begin immediate"));
  }

  /** A full disk ends a transaction at once. https://sqlite.org/lang_transaction.html, section 3 */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#isInTransaction()) await super.rollbackTransaction(connection);
  }
}

function withStatementCache(database: BetterSqlite.Database): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>();
  return {
    close: () => {
      statements.clear();
      database.close();
    },
    prepare: (sql) => {
      const known = statements.get(sql);
      const statement: SqliteStatement = known ?? database.prepare(sql);
      statements.delete(sql);
      statements.set(sql, statement);
      if (statements.size > statementCountMax) {
        const [oldest] = statements.keys();
        if (oldest !== undefined) statements.delete(oldest);
      }
      return statement;
    },
  };
}
