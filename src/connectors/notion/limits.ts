// Every limit of the Notion API that the connector keeps to, as data. Checked on 2026-11-20 against
// the developer documentation ("Request limits", "Query a data source", "Property values") and
// recorded traffic. Figures marked "assumed" are documented nowhere; they only bound what is tried.

export const limits = {
  /** Requests a connection may send in a fixed window on most plans; 600 on Business and up. */
  budgetRequests: 180,
  /** The documented minute, with a little more for requests that arrive bunched up. */
  budgetWindowMs: 60_500,
  writeBatchMax: 1,
  pageSize: 100,
  /** Characters of one text element; counted in UTF-16 units, the stricter reading. */
  textElementMax: 2_000,
  textElementsMax: 100,
  textMax: 200_000,
  urlMax: 2_000,
  emailMax: 200,
  phoneMax: 200,
  optionsMax: 100,
  peopleMax: 100,
  linksMax: 100,
  /** Pages of rows carry at most this many links or people a cell; the rest needs its own call. */
  inlineItemsMax: 25,
  /** Conditions in one filter. */
  filterConditionsMax: 100,
  /** Assumed: properties that one request may ask for by id. More, and all are asked for. */
  propertiesAskedMax: 100,
  /** Stamps of rows, and times of date properties, are cut down to this. */
  stampStepMs: 60_000,
  /** Pages of one query. It reaches 10,000 rows, and a page may hold fewer rows than asked for. */
  queryPagesMax: 10_000,
  /** Pages a recheck reads before it turns to single rows. */
  recheckPagesMax: 10,
  /** Pages of one cell's long list; 100 items a page. */
  itemPagesMax: 100,
  /** Pages of the workspace's people; 100 a page. */
  userPagesMax: 200,
  /** Rows looked up at the same time. */
  parallelMax: 4,
  /** One call from sending to the end of its body; the service itself gives up after 60 s. */
  callMs: 70_000,
  /** Assumed: 100 rows of 2.5 MB are possible on paper, and are not worth holding. */
  answerBytesMax: 67_108_864,
} as const;
