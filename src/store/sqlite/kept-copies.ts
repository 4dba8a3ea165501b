// How many copies of the store stay: the last seven days', and of what is older one a week for four
// weeks. The first of a week is the one that stays, so that none is kept only to go the next day.

const dailyMax = 7;
const weeklyMax = 4;
const dayMs = 86_400_000;
/** 1 January 1970 was a Thursday. */
const thursday = 3;

/** Of the days of all copies, oldest first, those whose copy may go. Days as `2026-11-21`. */
export function outdatedCopies(days: readonly string[]): readonly string[] {
  const older = days.slice(0, -dailyMax);
  const weeks = Map.groupBy(older, weekOf);
  const kept = [...weeks.values()].flatMap((week) => week[0] ?? []).slice(-weeklyMax);
  return older.filter((day) => !kept.includes(day));
}

/** Number of the week, from Monday to Sunday. */
function weekOf(day: string): number {
  return Math.floor((Date.parse(day) / dayMs + thursday) / 7);
}
