// The program's own log, apart from the audit log: on stderr, with secrets taken out of every string.
// One JSON object a line where a machine reads it, one plain line where a person does.
import { pino, type Logger } from "pino";
import { redact } from "../lib/redact.ts";

export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";
export type LogFacts = Readonly<Record<string, unknown>>;
export type Log = (level: Exclude<LogLevel, "silent">, message: string, facts?: LogFacts) => void;

export interface LogOptions {
  readonly level: LogLevel;
  readonly isJson: boolean;
  readonly write: (line: string) => void;
}

/** Keys whose values are never logged, whatever they look like. */
const secretKeys = new Set(["token", "authorization", "apikey", "password", "secret", "cookie"]);

export function makeLog(options: LogOptions): Log {
  const { level, isJson, write } = options;
  const destination = { write: (line: string) => write(isJson ? line : plainLine(line)) };
  const logger: Logger = pino(
    {
      level,
      base: null,
      messageKey: "message",
      timestamp: () => `,"at":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination,
  );
  return (at, message, facts = {}) => {
    logger[at](cleaned(facts), redact(message));
  };
}

function cleaned(facts: LogFacts): LogFacts {
  return Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, clean(key, value)]));
}

function clean(key: string, value: unknown): unknown {
  if (secretKeys.has(key.toLowerCase())) return "[secret]";
  if (typeof value === "string") return redact(value);
  if (value instanceof Error) return { name: value.name, message: redact(value.message) };
  if (Array.isArray(value)) return value.map((entry: unknown) => clean("", entry));
  if (typeof value !== "object" || value === null) return value;
  return cleaned(Object.fromEntries(Object.entries(value)));
}

/** `14:02:11 warn  message  key=value`, from the JSON line. */
function plainLine(line: string): string {
  const parsed: unknown = JSON.parse(line);
  if (typeof parsed !== "object" || parsed === null) return line;
  const { at, level, message, ...facts } = Object.fromEntries(Object.entries(parsed));
  const time = String(at).slice(11, 19);
  const rest = Object.entries(facts).map(([key, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return `  ${key}=${text}`;
  });
  return `${time} ${String(level).padEnd(5)} ${String(message)}${rest.join("")}\n`;
}
