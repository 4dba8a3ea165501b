// Follows the chain of hashes from line to line and says where it breaks, line by line, with nothing
// kept but the last hash and the gaps. Knows texts, not files.
import type { NumberedEntry } from "../store/store.ts";
import { encodeLine, hashLine, noLine, type SideNames } from "./encode.ts";
import { parsePlace, type LinePlace } from "./line.ts";

type FindingKind =
  | "missing" /* lines are not there */
  | "edited" /* a line's content changed */
  | "moved" /* a line stands at another place than it was written to */
  | "repeated"
  | "added" /* a line that fits the chain, and that the store never wrote */
  | "unreadable" /* text that is no line of the log */
  | "torn" /* the last line has no end: a crash, mended by the next run */
  | "damaged"; /* a rotated file cannot be unpacked */

export interface Finding {
  readonly kind: FindingKind;
  /** Name of the file in which it shows. */
  readonly file: string;
  /** Line in that file, from 1; 0 for the file as a whole. */
  readonly line: number;
  /** Number of the first line of the log that is meant, when it is known. */
  readonly seq: number | null;
  readonly message: string;
}

/** A line where it stands. */
export interface StandingLine {
  readonly text: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

export interface ChainResult {
  readonly lineCount: number;
  readonly firstSeq: number | null;
  readonly lastSeq: number | null;
  /** In the order in which they were met. */
  readonly findings: readonly Finding[];
}

/** Numbers that were passed over and may turn up later, at the wrong place. */
interface Gap {
  readonly from: number;
  readonly to: number;
  readonly file: string;
  readonly line: number;
  /** Findings before this one. */
  readonly place: number;
}

/** How far the chain was followed. Made by `makeChain`, moved on by `addLine`. */
export interface Chain {
  /** The newest entry that the log must hold, or null when that is not known. */
  readonly newest: NumberedEntry | null;
  readonly names: SideNames;
  readonly findings: Finding[];
  gaps: readonly Gap[];
  lineCount: number;
  firstSeq: number | null;
  /** The highest number so far, and the hash of its line. */
  top: { readonly seq: number; readonly hash: string } | null;
  /** Texts since then that are no lines of the log: they stand where lines may have been. */
  strangerCount: number;
}

export function makeChain(newest: NumberedEntry | null, names: SideNames): Chain {
  return {
    newest,
    names,
    findings: [],
    gaps: [],
    lineCount: 0,
    firstSeq: null,
    top: null,
    strangerCount: 0,
  };
}

/** Takes the next line in the order of the files. `own`: the store's entry of that number, if it has one. */
export function addLine(chain: Chain, line: StandingLine, own: NumberedEntry | null = null): void {
  chain.lineCount += 1;
  const place = parsePlace(line.text);
  if (place === null) {
    addStranger(chain, line);
    return;
  }
  const isLate = chain.top !== null && place.seq <= chain.top.seq;
  if (!isLate) addNext(chain, line, place);
  // One that is there a second time has been compared the first time.
  else if (!addOutOfOrder(chain, line, place.seq)) return;
  checkOwn(chain, line, { place, own });
}

/** What was found, once all lines were added. `file` names the log, for what its end lacks. */
export function endChain(chain: Chain, file: string): ChainResult {
  const { newest, findings, lineCount, firstSeq } = chain;
  const lastSeq = chain.top?.seq ?? null;
  const from = nextSeq(chain);
  const isCut = newest !== null && newest.seq >= from;
  const gaps = isCut
    ? [...chain.gaps, { from, to: newest.seq, file, line: 0, place: findings.length }]
    : chain.gaps;
  return { lineCount, firstSeq, lastSeq, findings: once(withGaps(findings, gaps)) };
}

/** An edited line shows by itself and by the hash in the next one. */
function once(findings: readonly Finding[]): readonly Finding[] {
  const edited = new Set<number>();
  return findings.filter(({ kind, seq }) => {
    if (kind !== "edited" || seq === null) return true;
    const isFirst = !edited.has(seq);
    edited.add(seq);
    return isFirst;
  });
}

function nextSeq(chain: Chain): number {
  return (chain.top?.seq ?? 0) + 1 + chain.strangerCount;
}

interface Note {
  readonly kind: FindingKind;
  readonly seq: number;
  readonly message: string;
}

function note(chain: Chain, { file, line }: StandingLine, { kind, seq, message }: Note): void {
  chain.findings.push({ kind, file, line, seq, message });
}

function addStranger(chain: Chain, line: StandingLine): void {
  const seq = nextSeq(chain);
  chain.strangerCount += 1;
  const message = `This is no line of the log; line ${seq} belongs here.`;
  note(chain, line, { kind: "unreadable", seq, message });
}

/** False for a line that is there already. */
function addOutOfOrder(chain: Chain, line: StandingLine, seq: number): boolean {
  const gap = chain.gaps.find((one) => one.from <= seq && seq <= one.to);
  if (gap === undefined) {
    note(chain, line, { kind: "repeated", seq, message: `Line ${seq} is there a second time.` });
    return false;
  }
  chain.gaps = chain.gaps.flatMap((one) => (one === gap ? splitGap(gap, seq) : [one]));
  const message = `Line ${seq} stands after lines that were written later.`;
  note(chain, line, { kind: "moved", seq, message });
  return true;
}

function addNext(chain: Chain, line: StandingLine, { seq, prev }: LinePlace): void {
  const { top } = chain;
  const expected = nextSeq(chain);
  // A log may be begun anew at any number, after the old one was moved away.
  const isStart = top === null && chain.strangerCount === 0 && prev === noLine;
  const isBehindStranger = chain.strangerCount > 0;
  if (!isStart && seq > expected) {
    const { file } = line;
    const place = chain.findings.length;
    const gap = { from: expected, to: seq - 1, file, line: line.line, place };
    chain.gaps = [...chain.gaps, gap];
  } else if (!isStart && !isBehindStranger && prev !== (top?.hash ?? noLine)) {
    const edited = top === null ? seq : top.seq;
    const message = `Line ${edited} is not what it was when line ${seq} was written.`;
    note(chain, line, { kind: "edited", seq: edited, message });
  }
  chain.firstSeq ??= seq;
  chain.top = { seq, hash: hashLine(line.text) };
  chain.strangerCount = 0;
}

/**
 * Hashes alone are kept by whoever rewrites all lines up to the end: so each line is also held against
 * what the store remembers of it.
 */
function checkOwn(
  chain: Chain,
  line: StandingLine,
  { place, own }: { readonly place: LinePlace; readonly own: NumberedEntry | null },
): void {
  const { newest, names } = chain;
  const { seq, prev } = place;
  const entry = own ?? (newest?.seq === seq ? newest : null);
  if (entry === null) {
    if (newest === null || seq < newest.seq) return;
    const message = `Line ${seq} was not written by this store: it was added, or the store was put back from a backup.`;
    note(chain, line, { kind: "added", seq, message });
    return;
  }
  if (encodeLine(entry, prev, names) === line.text) return;
  const message = `Line ${seq} is not what the store wrote.`;
  note(chain, line, { kind: "edited", seq, message });
}

function splitGap(gap: Gap, seq: number): Gap[] {
  const before = { ...gap, to: seq - 1 };
  const after = { ...gap, from: seq + 1 };
  return [before, after].filter((part) => part.from <= part.to);
}

function withGaps(findings: readonly Finding[], gaps: readonly Gap[]): readonly Finding[] {
  const all: Finding[] = [];
  for (let place = 0; place <= findings.length; place++) {
    for (const gap of gaps.filter((one) => one.place === place)) all.push(describeGap(gap));
    const finding = findings[place];
    if (finding !== undefined) all.push(finding);
  }
  return all;
}

function describeGap({ from, to, file, line }: Gap): Finding {
  const message =
    from === to ? `Line ${from} is not there.` : `Lines ${from} to ${to} are not there.`;
  return { kind: "missing", file, line, seq: from, message };
}
