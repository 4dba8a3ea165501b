// A row as one reading showed it, and what is known about a row that a listing did not show.
// Absence from a listing is a question; only the states below answer it.
import type { FieldId, RecordId } from "./ids.ts";
import type { Value } from "./value.ts";

/** When a reading was under way, on the service's clock, in ms. */
export interface ReadWindow {
  readonly startMs: number;
  readonly endMs: number;
}

export interface Row {
  readonly id: RecordId;
  readonly title: string;
  readonly url: string | null;
  /** On the service's clock; null when the service does not tell. */
  readonly createdAtMs: number | null;
  /**
   * When the row was last edited by anybody, rounded down by the service to its stamp step; null when
   * the service does not tell. Orders readings of one row; never proves that something changed.
   */
  readonly stampMs: number | null;
  /** Who made the edit behind the stamp. */
  readonly editedBy: "us" | "person" | "unknown";
  /** Whether our own token made the row; absent where the service does not tell. */
  readonly isOurs?: boolean;
  /** Content of the marker cell: the other row's id as some earlier run, or a copy, left it. */
  readonly marker: string | null;
  /** The mapped cells. A field that was not asked for, or does not exist, is absent. */
  readonly cells: ReadonlyMap<FieldId, Value>;
  readonly window: ReadWindow;
}

/** What a reading of one row by its id came to. */
export type RowReading =
  | { readonly state: "live"; readonly row: Row }
  /** In the trash, and said so by the service itself. */
  | { readonly state: "trashed"; readonly row: Row | null }
  /** Certainly gone: looked up by id beside a control row that was found. */
  | { readonly state: "gone"; readonly evidence: string }
  /** It exists, but not here: archived, moved to another table, or filtered out. */
  | {
      readonly state: "left";
      readonly why: "archived" | "moved" | "filtered";
      readonly row: Row | null;
    }
  | { readonly state: "unknown"; readonly why: string };

export function isLive(
  reading: RowReading | null | undefined,
): reading is Extract<RowReading, { state: "live" }> {
  return reading?.state === "live";
}

export function liveRow(reading: RowReading | null): Row | null {
  return reading?.state === "live" ? reading.row : null;
}
