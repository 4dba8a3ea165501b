// Every limit of the Airtable Web API that the connector keeps to, as data. Checked on 2026-11-20
// against the developer documentation ("Rate limits", "List records", "Field types") and recorded
// traffic. Figures marked "assumed" are documented nowhere; they only bound what is tried.

export const limits = {
  /** Requests a second a base may get, all tokens together. */
  baseRequests: 5,
  /** A tenth over the second, because calls do not arrive at the pace they were sent. */
  windowMs: 1_100,
  /**
   * Least time between two requests to a base: its second spread evenly. A burst at the end of one
   * command and one at the start of the next would together overrun the base, and cost a lock-out.
   */
  spacingMs: 220,
  /** Requests a second one user's tokens may make over all bases. */
  tokenRequests: 50,
  /** How long a base stays locked after a 429, and how long the token is left alone. */
  lockOutMs: 30_000,
  /** Rows in one create, update, upsert or delete. */
  writeBatchMax: 10,
  pageSize: 100,
  /** Ids or markers asked for in one formula: what fits one page. */
  idsMax: 100,
  /** A URL beyond 16,000 characters is refused; longer listings go by POST, with room to spare. */
  urlCharsMax: 15_000,
  /** Assumed: long text cells are reported to end at 100,000 characters. */
  textCharsMax: 100_000,
  /** Assumed: options of one select field. */
  optionsMax: 10_000,
  /** Assumed: people in one cell. */
  peopleMax: 500,
  /** Assumed: links in one cell. */
  linksMax: 10_000,
  /** Pages of bases looked through when a base is given by name; 1,000 bases a page. */
  basePagesMax: 10,
  /** Pages of one listing; 100 rows a page, so ten times the largest plan's base. */
  listingPagesMax: 50_000,
  /** Times a listing whose iterator was lost starts anew. */
  listingRestartsMax: 2,
  /** One call from sending to the end of its body. Long scans may take a minute to answer. */
  callMs: 70_000,
} as const;
