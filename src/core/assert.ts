// Checks on our own work. A failed one is a bug in Tandem, never bad input: it ends the run before
// anything is saved, and asks for a report.

/** Our bug. Not caught below the command line; the message must not carry cell values or secrets. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

export function assert(isTrue: boolean, message: string): asserts isTrue {
  if (!isTrue) throw new InvariantError(message);
}

/** The value, when it is there. For places where absence would be our own bug. */
export function must<T>(value: T | null | undefined, message: string): T {
  if (value === null || value === undefined) throw new InvariantError(message);
  return value;
}
