// What a worker declares before it runs: databases with their properties, syncs with mode and schedule,
// budgets for upstream calls. Already checked and free of the SDK's wire words.

/** Colours are the service's names; null leaves the choice to it. */
export interface OptionDeclaration {
  readonly name: string;
  readonly color: string | null;
}

export interface StatusGroup {
  /** `To-do`, `In progress` or `Complete`. */
  readonly name: string;
  readonly options: readonly OptionDeclaration[];
}

export type PropertyShape =
  | { readonly type: "title" }
  | { readonly type: "text" }
  | { readonly type: "url" }
  | { readonly type: "email" }
  | { readonly type: "phone" }
  | { readonly type: "checkbox" }
  | { readonly type: "files" }
  /** `format` is Notion's name of it, such as `percent`; null for a plain number. */
  | { readonly type: "number"; readonly format: string | null }
  | { readonly type: "date" }
  | { readonly type: "select"; readonly options: readonly OptionDeclaration[] }
  | { readonly type: "multi-select"; readonly options: readonly OptionDeclaration[] }
  | { readonly type: "status"; readonly groups: readonly StatusGroup[] }
  | { readonly type: "people" }
  | { readonly type: "place" }
  /** `database`: key of the related database within the worker. `twoWay`: name of the other end. */
  | { readonly type: "relation"; readonly database: string; readonly twoWay: string | null };

export type PropertyType = PropertyShape["type"];

export interface PropertyDeclaration {
  readonly name: string;
  readonly shape: PropertyShape;
}

export type Icon =
  | { readonly kind: "emoji"; readonly emoji: string }
  /** One of Notion's own icons. */
  | { readonly kind: "named"; readonly name: string; readonly color: string | null }
  | { readonly kind: "image"; readonly url: string };

export interface DatabaseDeclaration {
  /** Unique within the worker. */
  readonly key: string;
  /** `managed`: made by the runtime under the worker's parent page. */
  readonly type: "managed" | "attached";
  /** Used when the database is made; people may rename it later. */
  readonly title: string;
  readonly primaryKey: string;
  readonly properties: readonly PropertyDeclaration[];
  readonly icon: Icon | null;
  readonly subItems: { readonly parent: string; readonly child: string } | null;
}

export type Schedule =
  | { readonly kind: "continuous" }
  | { readonly kind: "manual" }
  | { readonly kind: "interval"; readonly everyMs: number };

export type SyncMode = "replace" | "incremental";

export interface SyncDeclaration {
  readonly key: string;
  /** Key of the sync's own database. */
  readonly database: string;
  readonly mode: SyncMode;
  readonly schedule: Schedule;
}

export interface PacerDeclaration {
  readonly key: string;
  readonly allowedRequests: number;
  readonly intervalMs: number;
}

/** A capability that is no sync: listed, and run on request where that makes sense. */
export interface OtherCapability {
  readonly key: string;
  /** The SDK's word: `tool`, `webhook`, `automation`, `oauth`, `custom_block`, `ai_connector`. */
  readonly tag: string;
  readonly title: string | null;
  /** A webhook that answers requests itself before they are accepted. */
  readonly hasVerify: boolean;
}

export interface WorkerManifest {
  readonly sdkVersion: string | null;
  readonly databases: readonly DatabaseDeclaration[];
  readonly syncs: readonly SyncDeclaration[];
  readonly pacers: readonly PacerDeclaration[];
  readonly others: readonly OtherCapability[];
  /** What was left out or read leniently, in words for a person. */
  readonly notes: readonly string[];
}
