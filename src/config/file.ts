// The config file once parsed: its own words and units, defaults filled in. `schema.ts` makes it,
// `rules.ts` checks what spans several keys, `policy.ts` turns it into what the engine works on.

export type Owner = "notion" | "airtable" | "latest" | "merge" | "ask";
export type Direction = "both" | "toAirtable" | "toNotion";

export interface MappingFile {
  readonly notion: string;
  readonly airtable: string;
  readonly owner: Owner;
  /** Left out: both ways, or away from a field that can only be read. */
  readonly direction?: Direction | undefined;
  readonly drift: "revert" | "warn" | "ignore";
  readonly map?: Readonly<Record<string, string>> | undefined;
  readonly as?:
    | {
        readonly zone?: string | undefined;
        readonly people?: "email" | "name" | undefined;
        readonly formatting?: "keep" | "drop" | undefined;
      }
    | undefined;
}

export interface LimitFile {
  readonly percent: number;
  readonly floor: number;
  readonly cap: number | null;
}

export interface GuardsFile {
  readonly maxRemove: LimitFile;
  readonly maxCreate: LimitFile;
  readonly massChange: LimitFile;
  readonly massBlank: LimitFile;
  readonly emptySide: "halt" | "off";
  readonly hotRowSeconds: number;
  readonly settleSeconds: number;
  readonly sentinel: boolean;
}

export interface BothFile {
  readonly notion: string;
  readonly airtable: string;
}

export interface EitherFile {
  readonly notion?: string | undefined;
  readonly airtable?: string | undefined;
}

export interface PairFile {
  readonly schedule?: string | undefined;
  readonly notion: { readonly database: string };
  readonly airtable: { readonly base: string; readonly table: string };
  readonly link: EitherFile;
  readonly match: readonly BothFile[];
  readonly fields: readonly MappingFile[];
  readonly lastSynced: EitherFile;
  readonly creates: "both" | "toAirtable" | "toNotion" | "none";
  readonly deletes: "archive" | "delete" | "ignore";
  readonly archive: {
    readonly notion: "trash" | { readonly property: string; readonly value: string };
    readonly airtable?: "delete" | { readonly field: string; readonly value: string } | undefined;
  };
  readonly filter: { readonly notion?: unknown; readonly airtable?: string | undefined };
  readonly guards: GuardsFile;
}

export type DestinationFile =
  | string
  | { readonly notion: string }
  | {
      readonly airtable: {
        readonly base: string;
        readonly table: string;
        readonly key?: string | undefined;
        readonly mark?: { readonly field: string; readonly value: string } | undefined;
      };
    };

export interface SweepFile {
  readonly maxRemove: LimitFile;
  readonly minSeen: { readonly percent: number };
  readonly first: "ask" | "go";
}

export interface WorkerFile {
  readonly path: string;
  readonly parent?: string | undefined;
  /** By the worker's own keys, as `schedules` is. */
  readonly databases: Readonly<Record<string, DestinationFile>>;
  readonly env: readonly string[] | Readonly<Record<string, string>>;
  readonly envFile?: string | undefined;
  readonly limits: { readonly seconds: number; readonly memoryMb: number };
  readonly zone?: string | undefined;
  readonly schedules: Readonly<Record<string, string>>;
  readonly sweep: SweepFile;
  readonly settleSeconds: number;
  readonly enabled: boolean;
}

export interface ServeFile {
  readonly host: string;
  readonly port: number;
}

export interface ServiceFile {
  readonly token: string;
  readonly baseUrl?: string | undefined;
  /** Notion only. */
  readonly requestsPerMinute?: number | undefined;
}

export interface ConfigFile {
  readonly version: 1;
  readonly store: string;
  readonly history: string;
  /** Left out when nothing uses the service; the rules see to that. */
  readonly notion?: ServiceFile | undefined;
  readonly airtable?: ServiceFile | undefined;
  readonly serve: ServeFile;
  readonly pairs: Readonly<Record<string, PairFile>>;
  readonly workers: Readonly<Record<string, WorkerFile>>;
  readonly flows: Readonly<Record<string, unknown>>;
}
