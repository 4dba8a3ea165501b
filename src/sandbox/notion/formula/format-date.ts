// `formatDate` patterns: the tokens people use, in English and UTC.
const monthNames = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const dayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const dayMs = 86_400_000;

export function formatMoment(atMs: number, pattern: string): string {
  const date = new Date(atMs);
  const pad = (value: number): string => String(value).padStart(2, "0");
  const hour12 = ((date.getUTCHours() + 11) % 12) + 1;
  const month = monthNames[date.getUTCMonth()] ?? "";
  const day = dayNames[date.getUTCDay()] ?? "";
  const tokens: Readonly<Record<string, string>> = {
    YYYY: String(date.getUTCFullYear()),
    YY: pad(date.getUTCFullYear() % 100),
    Y: String(date.getUTCFullYear()),
    Q: String(Math.floor(date.getUTCMonth() / 3) + 1),
    MMMM: month,
    MMM: month.slice(0, 3),
    MM: pad(date.getUTCMonth() + 1),
    M: String(date.getUTCMonth() + 1),
    DD: pad(date.getUTCDate()),
    D: String(date.getUTCDate()),
    dddd: day,
    ddd: day.slice(0, 3),
    d: String(date.getUTCDay()),
    WW: pad(isoWeek(date)),
    W: String(isoWeek(date)),
    HH: pad(date.getUTCHours()),
    H: String(date.getUTCHours()),
    hh: pad(hour12),
    h: String(hour12),
    mm: pad(date.getUTCMinutes()),
    m: String(date.getUTCMinutes()),
    ss: "00",
    A: date.getUTCHours() < 12 ? "AM" : "PM",
    a: date.getUTCHours() < 12 ? "am" : "pm",
    X: String(Math.floor(atMs / 1000)),
    x: String(atMs),
  };
  return pattern.replaceAll(
    /\[([^\]]*)\]|YYYY|YY|Y|Q|MMMM|MMM|MM|M|DD|D|dddd|ddd|d|WW|W|HH|H|hh|h|mm|m|ss|A|a|X|x/g,
    (token, quoted: string | undefined) => quoted ?? tokens[token] ?? token,
  );
}

function isoWeek(date: Date): number {
  const thursday = new Date(date.getTime());
  thursday.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  const yearStart = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return Math.ceil(((thursday.getTime() - yearStart) / dayMs + 1) / 7);
}
